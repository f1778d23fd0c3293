package io.culvert.conformance.raw;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a server must refuse, and how: one entry of {@code mqtt-malformed.json}.
 *
 * @param level protocol level of the connection, 4 or 5
 * @param connected sent after a successful handshake, otherwise as the first bytes
 * @param reasonCodes any of these; empty where MQTT 3.1.1 knows none
 * @param must otherwise the server may as well accept the bytes
 */
public record MalformedVector(
    String id,
    int level,
    boolean connected,
    byte[] bytes,
    Set<Integer> reasonCodes,
    Reply reply,
    boolean closes,
    boolean must,
    String why) {

  /** The packet that answers, with its first byte. */
  public enum Reply {
    CONNACK(0x20),
    PUBACK(0x40),
    PUBREL(0x62),
    PUBCOMP(0x70),
    SUBACK(0x90),
    DISCONNECT(0xE0),
    NONE(0);

    private final int firstByte;

    Reply(int firstByte) {
      this.firstByte = firstByte;
    }

    public boolean isTypeOf(byte[] packet) {
      return (packet[0] & 0xFF) == firstByte;
    }
  }

  /** What a connection with {@link Hex#connect} is like. */
  private static final JsonObject PLAIN_CONNECTION =
      new JsonObject().put("connectHadAuthMethod", false).put("connectSessionExpiryInterval", 0);

  /** Those that need nothing but a plain connection to a server with its usual settings. */
  public static List<MalformedVector> ofPlainConnections() {
    try (InputStream in = MalformedVector.class.getResourceAsStream("/mqtt-malformed.json")) {
      String json = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return new JsonArray(json)
          .stream()
              .map(JsonObject.class::cast)
              .filter(vector -> PLAIN_CONNECTION.getMap().entrySet().containsAll(context(vector)))
              .map(MalformedVector::of)
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Map.Entry<String, Object>> context(JsonObject vector) {
    return vector.getJsonObject("context", new JsonObject()).getMap().entrySet();
  }

  private static MalformedVector of(JsonObject json) {
    return new MalformedVector(
        json.getString("id"),
        json.getInteger("version"),
        json.getString("state").equals("connected"),
        Hex.bytes(json.getString("hex")),
        reasonCodes(json.getInteger("reasonCode"), json.getJsonArray("alsoAcceptable")),
        Reply.valueOf(json.getString("expectedReply").toUpperCase(Locale.ROOT)),
        json.getBoolean("closeConnection"),
        json.getString("strictness").equals("must"),
        json.getString("why"));
  }

  private static Set<Integer> reasonCodes(@Nullable Integer first, JsonArray others) {
    Set<Integer> codes = new HashSet<>();
    if (first != null) {
      codes.add(first);
    }
    others.forEach(code -> codes.add((Integer) code));
    return Set.copyOf(codes);
  }

  /** How the test is called in reports. */
  @Override
  public String toString() {
    return id + " " + Hex.of(bytes) + " (" + why + ")";
  }
}
