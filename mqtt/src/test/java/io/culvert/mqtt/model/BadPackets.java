package io.culvert.mqtt.model;

import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.List;
import java.util.Set;

/** Those of the golden vectors that every server must refuse by closing the connection. */
final class BadPackets {
  /** Vectors that need a server with other settings, or a larger one, are not for everybody. */
  private static final List<Step.Breaking> ALL =
      MqttVectors.malformed().stream()
          .filter(vector -> vector.receiver().equals("server"))
          .filter(vector -> vector.strictness().equals("must") && vector.closeConnection())
          .filter(vector -> vector.context().isMissingNode() || vector.context().isEmpty())
          .filter(
              vector -> Set.of("CONNACK", "DISCONNECT", "none").contains(vector.expectedReply()))
          .filter(vector -> !vector.id().equals("v4-connect-level-7")) // answered as MQTT 5
          .map(BadPackets::breaking)
          .toList();

  private BadPackets() {}

  static List<Step.Breaking> all() {
    return ALL;
  }

  private static Step.Breaking breaking(MqttVectors.Malformed vector) {
    boolean first = vector.state().equals("initial");
    MqttVersion version = vector.version();
    boolean returnCodes = first && !version.isMqtt5();
    List<Integer> codes =
        vector.expectedReply().equals("none")
            ? List.of()
            : vector.acceptableCodes().stream()
                .map(code -> returnCodes ? ReasonCode.ofReturnCode(code).value() : code)
                .toList();
    return new Step.Breaking(0, vector.id(), version, first, vector.bytes(), codes);
  }
}
