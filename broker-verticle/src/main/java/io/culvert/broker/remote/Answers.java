package io.culvert.broker.remote;

import io.culvert.broker.auth.Grants;
import io.culvert.broker.auth.LoginRequest;
import io.culvert.broker.auth.Verdict;
import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What others answer about a client, from JSON. Strict: an answer that is not understood in all its
 * parts is none, so that a slip lets nobody in.
 */
final class Answers {
  private static final Set<String> KEYS =
      Set.of(
          "result",
          "user",
          "expires-in-seconds",
          "reason-code",
          "publish",
          "subscribe",
          "deny",
          "deny-reason-code");

  private Answers() {}

  /**
   * The verdict that an answer means.
   *
   * @throws RuntimeException if it means none
   */
  static Verdict verdict(JsonObject answer, LoginRequest request) {
    for (String key : answer.fieldNames()) {
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException("the answer has an unknown key");
      }
    }
    String result = String.valueOf(answer.getString("result"));
    return switch (result) {
      case "allow" -> accepted(answer, request);
      case "deny" -> refused(answer);
      case "ignore" -> Verdict.NO_OPINION;
      default ->
          throw new IllegalArgumentException("the answer's result is none of allow, deny, ignore");
    };
  }

  private static Verdict accepted(JsonObject answer, LoginRequest request) {
    String user = answer.getString("user", request.userName());
    return new Verdict.Accepted(user, permissions(answer), validMillis(answer));
  }

  private static long validMillis(JsonObject answer) {
    Long seconds = answer.getLong("expires-in-seconds");
    if (seconds == null || seconds > Integer.MAX_VALUE) {
      return Verdict.Accepted.FOR_EVER;
    }
    if (seconds <= 0) {
      throw new IllegalArgumentException("the answer's expires-in-seconds is not above 0");
    }
    return seconds * 1000;
  }

  private static Verdict refused(JsonObject answer) {
    Integer code = answer.getInteger("reason-code");
    return Verdict.refused(
        code == null ? ReasonCode.BAD_USERNAME_OR_PASSWORD : reasonCode(code, PacketType.CONNACK),
        "denied by who was asked");
  }

  private static @Nullable Permissions permissions(JsonObject answer) {
    if (!answer.containsKey("publish")
        && !answer.containsKey("subscribe")
        && !answer.containsKey("deny")) {
      return null;
    }
    Integer code = answer.getInteger("deny-reason-code");
    return Grants.of(
        filters(answer, "publish"),
        filters(answer, "subscribe"),
        filters(answer, "deny"),
        code == null ? ReasonCode.NOT_AUTHORIZED : reasonCode(code, PacketType.SUBACK));
  }

  private static List<String> filters(JsonObject answer, String key) {
    List<String> filters = new ArrayList<>();
    JsonArray array = answer.getJsonArray(key, new JsonArray());
    for (int i = 0; i < array.size(); i++) {
      filters.add(array.getString(i));
    }
    return filters;
  }

  private static ReasonCode reasonCode(int number, PacketType packet) {
    try {
      ReasonCode code = ReasonCode.of(number, packet);
      if (number <= 0xff && code.isError()) {
        return code;
      }
    } catch (MqttViolation foreign) {
      throw new IllegalArgumentException("the answer's reason code is none of " + packet, foreign);
    }
    throw new IllegalArgumentException("the answer's reason code is no refusal");
  }
}
