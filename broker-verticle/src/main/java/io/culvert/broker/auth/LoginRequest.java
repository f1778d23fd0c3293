package io.culvert.broker.auth;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.runtime.driver.Peer;
import org.jspecify.annotations.Nullable;

/**
 * A client that wants to be let in, as its CONNECT describes it.
 *
 * @param clientId may be empty
 * @param password any bytes, and never to be logged
 * @param certificateUser the user whom the client's certificate names, where the listener reads it
 * @param peer transport, addresses and TLS session; asked on the event loop only
 */
public record LoginRequest(
    String clientId,
    @Nullable String userName,
    @Nullable Bytes password,
    MqttVersion version,
    @Nullable String certificateUser,
    Peer peer) {

  /** The same client without its password, as the user who it has proven to be. */
  public LoginRequest provenAs(@Nullable String provenName) {
    return new LoginRequest(clientId, provenName, null, version, certificateUser, peer);
  }

  public boolean hasCredentials() {
    return userName != null || password != null;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "LoginRequest[" + clientId + ", " + userName + ", " + version + "]";
  }
}
