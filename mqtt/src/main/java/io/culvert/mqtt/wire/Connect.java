package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT.
 *
 * @param version which protocol the client speaks
 * @param cleanStart Clean Start, or Clean Session before MQTT 5
 * @param keepAliveSeconds 0…65 535; 0 turns it off
 * @param clientId may be empty
 * @param password any bytes
 */
public record Connect(
    MqttVersion version,
    boolean cleanStart,
    int keepAliveSeconds,
    String clientId,
    @Nullable Will will,
    @Nullable String userName,
    @Nullable Bytes password,
    Properties properties)
    implements MqttPacket {
  public Connect {
    properties.checkAllowedIn(PacketType.CONNECT);
  }

  @Override
  public PacketType type() {
    return PacketType.CONNECT;
  }

  /** Without the password and the Will's content, which no log may show. */
  @Override
  public String toString() {
    return "Connect["
        + version
        + ", cleanStart="
        + cleanStart
        + ", keepAlive="
        + keepAliveSeconds
        + "]";
  }
}
