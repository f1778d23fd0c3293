package io.culvert.mqtt.model;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.List;

/** One thing that happens in a script. A step of a client that is not connected does nothing. */
public sealed interface Step {
  /** Which client does it. */
  int slot();

  /** Opens a connection and sends CONNECT; where one is open already, it is left alone. */
  record Connecting(int slot, Connect packet) implements Step {}

  /** Sends a well-formed packet. */
  record Sending(int slot, MqttPacket packet) implements Step {}

  /**
   * Answers something that the server has sent.
   *
   * @param which which of those that wait for such an answer; a negative one answers an identifier
   *     that is not in use
   */
  record Answering(int slot, Answer answer, int which, ReasonCode code) implements Step {}

  /** Answers all that waits, until nothing more comes. */
  record Draining(int slot) implements Step {}

  /**
   * Sends bytes that no client may send.
   *
   * @param first on a new connection, without CONNECT before
   * @param codes the reason codes that the server may give; none when it may not answer
   */
  record Breaking(
      int slot, String name, MqttVersion version, boolean first, Bytes bytes, List<Integer> codes)
      implements Step {}

  /** The client's network connection ends without DISCONNECT. */
  record Ending(int slot) implements Step {}

  /** Several packets of one client in one piece. */
  record Burst(int slot, List<Step> steps) implements Step {}

  /** Time passes. */
  record Passing(int slot, long seconds) implements Step {}

  /** What a client says to a message of the server. */
  enum Answer {
    PUBACK,
    PUBREC,
    PUBCOMP
  }
}
