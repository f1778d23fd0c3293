package io.culvert.mqtt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The golden vectors: packets that must be understood, bytes that must be refused, topics. */
public final class MqttVectors {
  private static final JsonNode ROOT = load();

  private MqttVectors() {}

  public static List<Valid> valid() {
    return list("valid", Valid::of);
  }

  /** Large packets, written as a prefix, a byte that is repeated, and a suffix. */
  public static List<Large> large() {
    return list("large", Large::of);
  }

  public static List<Malformed> malformed() {
    return list("malformed", Malformed::of);
  }

  /** What the bytes alone show to be wrong. */
  public static Stream<Malformed> malformedForTheCodec() {
    return malformed().stream().filter(Malformed::isCodecLayer);
  }

  /** What is wrong in a state, or with negotiated values only. */
  public static Stream<Malformed> malformedForTheSession() {
    return malformed().stream().filter(vector -> !vector.isCodecLayer());
  }

  public static List<VarInt> varIntsValid() {
    return varInts("valid");
  }

  public static List<VarInt> varIntsInvalid() {
    return varInts("invalid");
  }

  public static List<VarInt> varIntsNotMinimal() {
    return varInts("notMinimal");
  }

  public static List<Filter> topicFilters() {
    return list(
        "topicFilters", n -> new Filter(n.get("filter").asText(), n.get("valid").asBoolean()));
  }

  public static List<Name> topicNames() {
    return list("topicNames", n -> new Name(n.get("topic").asText(), n.get("valid").asBoolean()));
  }

  public static List<Match> topicMatches() {
    List<Match> rows = new ArrayList<>();
    for (JsonNode row : ROOT.get("topicMatch").get("rows")) {
      rows.add(new Match(row.get(0).asText(), row.get(1).asText(), row.get(2).asBoolean()));
    }
    return rows;
  }

  public static List<Code> reasonCodes() {
    return list(
        "reasonCodes",
        n -> new Code(n.get("name").asText(), n.get("code").asInt(), texts(n.get("packets"))));
  }

  private static List<VarInt> varInts(String kind) {
    List<VarInt> all = new ArrayList<>();
    for (JsonNode n : ROOT.get("varint").get(kind)) {
      all.add(new VarInt(n.path("value").asInt(-1), Bytes.hex(n.get("hex").asText())));
    }
    return all;
  }

  private static <T> List<T> list(String name, Function<JsonNode, T> parse) {
    List<T> all = new ArrayList<>();
    for (JsonNode node : ROOT.get(name)) {
      all.add(parse.apply(node));
    }
    return all;
  }

  private static List<String> texts(JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(n -> all.add(n.asText()));
    return all;
  }

  private static JsonNode load() {
    try (InputStream in = MqttVectors.class.getResourceAsStream("mqtt-vectors.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A packet that must be understood.
   *
   * @param fields what is in it, as JSON
   * @param canonical whether the minimal encoder writes exactly these bytes
   */
  public record Valid(
      String id,
      MqttVersion version,
      String packet,
      String direction,
      Bytes bytes,
      JsonNode fields,
      boolean canonical) {
    static Valid of(JsonNode n) {
      int level = n.get("fields").path("protocolLevel").asInt(n.get("version").asInt());
      return new Valid(
          n.get("id").asText(),
          MqttVersion.ofLevel(level),
          n.get("packet").asText(),
          n.get("direction").asText(),
          Bytes.hex(n.get("hex").asText()),
          n.get("fields"),
          n.get("canonical").asBoolean());
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /** A large PUBLISH of MQTT 5. */
  public record Large(String id, Bytes bytes, int remainingLength) {
    static Large of(JsonNode n) {
      Bytes prefix = Bytes.hex(n.get("prefixHex").asText());
      Bytes suffix = Bytes.hex(n.path("suffixHex").asText(""));
      int count = n.get("fillCount").asInt();
      byte[] all = new byte[prefix.length() + count + suffix.length()];
      prefix.copyTo(all, 0);
      byte fill = (byte) Bytes.hex(n.get("fillByte").asText()).get(0);
      Arrays.fill(all, prefix.length(), prefix.length() + count, fill);
      suffix.copyTo(all, prefix.length() + count);
      return new Large(n.get("id").asText(), Bytes.wrap(all), n.get("remainingLength").asInt());
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /**
   * Bytes that must be refused.
   *
   * @param receiver "server" or "client"
   * @param state "initial" before CONNECT or CONNACK, "connected" after
   * @param acceptableCodes first the one that is expected; empty before MQTT 5 when there is none
   * @param expectedReply CONNACK, DISCONNECT, SUBACK, PUBACK, PUBCOMP, PUBREL or none
   * @param strictness "must", "should" or "may"
   * @param context the negotiated values that it takes, as JSON; missing when there are none
   */
  public record Malformed(
      String id,
      MqttVersion version,
      String receiver,
      String state,
      String layer,
      Bytes bytes,
      List<Integer> acceptableCodes,
      String expectedReply,
      boolean closeConnection,
      String strictness,
      JsonNode context,
      String why) {
    static Malformed of(JsonNode n) {
      List<Integer> codes = new ArrayList<>();
      if (!n.get("reasonCode").isNull()) {
        codes.add(n.get("reasonCode").asInt());
      }
      n.get("alsoAcceptable").forEach(code -> codes.add(code.asInt()));
      return new Malformed(
          n.get("id").asText(),
          MqttVersion.ofLevel(n.get("version").asInt()),
          n.get("receiver").asText(),
          n.get("state").asText(),
          n.get("layer").asText(),
          Bytes.hex(n.get("hex").asText()),
          codes,
          n.get("expectedReply").asText(),
          n.get("closeConnection").asBoolean(),
          n.get("strictness").asText(),
          n.path("context"),
          n.get("why").asText());
    }

    public boolean isCodecLayer() {
      return layer.equals("codec");
    }

    @Override
    public String toString() {
      return id;
    }
  }

  /** A Variable Byte Integer; the value is -1 where there is none. */
  public record VarInt(int value, Bytes bytes) {}

  /** A Topic Filter. */
  public record Filter(String filter, boolean valid) {}

  /** A Topic Name. */
  public record Name(String topic, boolean valid) {}

  /** Whether a filter matches a topic. */
  public record Match(String filter, String topic, boolean matches) {}

  /** A reason code with its names and the packets that may carry it. */
  public record Code(String name, int code, List<String> packets) {}
}
