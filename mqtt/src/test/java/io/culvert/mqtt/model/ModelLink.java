package io.culvert.mqtt.model;

import io.culvert.mqtt.model.ModelSession.Due;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One network connection as the model sees it: what must come over it, and whether it is open. */
final class ModelLink {
  final MqttVersion version;
  final List<Reply> replies = new ArrayList<>();
  final List<Due> fresh = new ArrayList<>();
  final Map<Integer, String> aliases = new HashMap<>();
  final Set<Integer> unreleased = new HashSet<>();
  @Nullable ModelSession session;
  boolean open = true;
  long closedMillis = -1;
  boolean assigned;
  long expiryAskedSeconds;
  long expiryGrantedSeconds;
  long keepAliveMillis;
  long heardMillis;
  long maximumPacketBytes = Long.MAX_VALUE;
  int receiveMaximum = 65_535;
  String cause = "";

  ModelLink(MqttVersion version) {
    this.version = version;
  }

  boolean isMqtt5() {
    return version.isMqtt5();
  }

  long deadlineMillis() {
    return open && session != null && keepAliveMillis > 0
        ? heardMillis + keepAliveMillis * 3 / 2
        : ModelSession.NEVER;
  }

  void close(long nowMillis) {
    open = false;
    closedMillis = nowMillis;
  }

  /** At the same time: which was first is nobody's business. */
  boolean closedAt(long millis) {
    return keepAliveMillis > 0 && closedMillis == millis;
  }

  void expect(PacketType type, int id, Way... ways) {
    List<List<Way>> codes = ways.length == 0 ? List.of() : List.of(List.of(ways));
    replies.add(new Reply(type, id, codes, false, false));
  }

  /** One of the ways in which a server may answer. */
  record Way(int code, @Nullable Choice choice) {
    static Way of(int code) {
      return new Way(code, null);
    }
  }

  /**
   * A packet that must come.
   *
   * @param codes for each reason code in it what it may be
   * @param optional it may also be missing
   */
  record Reply(
      PacketType type, int id, List<List<Way>> codes, boolean sessionPresent, boolean optional) {
    String describe() {
      StringBuilder text = new StringBuilder(type.name());
      for (List<Way> ways : codes) {
        text.append(' ');
        List<String> all = ways.stream().map(way -> String.format("%02x", way.code)).toList();
        text.append(String.join("/", all));
      }
      return text + (sessionPresent ? " present" : "");
    }
  }
}
