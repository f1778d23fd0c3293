package io.culvert.mqtt.model;

/** Where the standard lets a server choose: each constant is one of the ways that it may take. */
public enum Choice {
  NO_SUBSCRIBERS_TOLD("PUBACK and PUBREC say 0x10 when nobody has subscribed"),
  NO_SUBSCRIBERS_NOT_TOLD("PUBACK and PUBREC say 0x00 although nobody has subscribed"),
  CLOSE_EXPLAINED("a client is told with DISCONNECT why its connection is closed"),
  CLOSE_SILENT("a connection is closed without DISCONNECT"),
  CLOSE_WITH_OTHER_CODE("DISCONNECT has another of the reason codes that fit"),
  REFUSAL_EXPLAINED("a CONNECT that is wrong is answered with CONNACK"),
  REFUSAL_SILENT("a CONNECT that is wrong is answered by closing only"),
  KNOWN_PUBLISH_NOT_FOUND("PUBCOMP says 0x92 to a PUBREL for an identifier that is not in use"),
  KNOWN_PUBLISH_ASSUMED("PUBCOMP says 0x00 to a PUBREL for an identifier that is not in use"),
  UNKNOWN_PUBREC_TOLD("PUBREL says 0x92 to a PUBREC for an identifier that is not in use"),
  UNKNOWN_PUBREC_NOT_TOLD("PUBREL says 0x00 to a PUBREC for an identifier that is not in use"),
  REFUSED_TOPIC_TOLD("PUBACK and PUBREC refuse a message to a topic of the server"),
  REFUSED_TOPIC_NOT_TOLD("a message to a topic of the server is acknowledged and dropped"),
  ID_IN_USE_TOLD("PUBACK says 0x91 when the identifier belongs to a QoS 2 message"),
  SESSION_EXPIRY_LOWERED("CONNACK lowers the Session Expiry Interval"),
  RETAINED_MEANWHILE(
      "where retained messages have to wait for acknowledgements, those that are retained when"
          + " their turn comes are sent, also if they were not when the client subscribed");

  private final String text;

  Choice(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
