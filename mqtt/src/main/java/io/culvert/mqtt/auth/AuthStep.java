package io.culvert.mqtt.auth;

import io.culvert.engine.Bytes;

/** What one side of an exchange does about a message of the other. */
public sealed interface AuthStep {
  /** Sends this and waits for the answer. */
  record Continue(Bytes data) implements AuthStep {}

  /**
   * The other side is who it says.
   *
   * @param userName the user's name, prepared
   * @param data to be sent with the success; empty where there is nothing more to say
   */
  record Accepted(String userName, Bytes data) implements AuthStep {}

  /**
   * The other side is not who it says, or does not keep to the method.
   *
   * @param reason may be told to the other side: it does not tell which users there are
   */
  record Rejected(String reason) implements AuthStep {}
}
