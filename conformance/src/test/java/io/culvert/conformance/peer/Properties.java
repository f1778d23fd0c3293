package io.culvert.conformance.peer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What MQTT 5 carries beside the payload, end to end. */
public record Properties(
    List<UserProperty> userProperties,
    @Nullable String contentType,
    @Nullable String responseTopic,
    @Nullable Payload correlationData) {

  public static final Properties NONE = new Properties(List.of(), null, null, null);

  public Properties {
    userProperties = List.copyOf(userProperties);
  }

  /** A name may come more than once; order matters. */
  public record UserProperty(String name, String value) {}
}
