package io.culvert.runtime.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param origin where it was written: {@code culvert.yaml:3}, {@code CULVERT_MQTT_PORT}, {@code
 *     --port}; may be empty
 * @param path the key; empty when a whole file is meant
 */
public record Problem(String origin, String path, String message) {

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!origin.isEmpty()) {
      text.append(origin).append(": ");
    }
    if (!path.isEmpty()) {
      text.append(path).append(": ");
    }
    return text.append(message).toString();
  }
}
