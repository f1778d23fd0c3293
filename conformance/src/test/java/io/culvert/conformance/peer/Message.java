package io.culvert.conformance.peer;

/** An application message as a test sends it, or as a client has received it. */
public record Message(
    String topic, Payload payload, int qos, boolean retain, Properties properties) {

  public static Message of(String topic, String text, int qos) {
    return of(topic, Payload.of(text), qos);
  }

  public static Message of(String topic, Payload payload, int qos) {
    return new Message(topic, payload, qos, false, Properties.NONE);
  }

  public Message retained() {
    return new Message(topic, payload, qos, true, properties);
  }

  public Message with(Properties newProperties) {
    return new Message(topic, payload, qos, retain, newProperties);
  }
}
