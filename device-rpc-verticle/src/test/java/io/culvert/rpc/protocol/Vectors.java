package io.culvert.rpc.protocol;

import io.culvert.engine.Bytes;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The vectors that were recorded from the reference, version 0.2.0. */
public final class Vectors {
  static final String ID = "16fd2706-8baf-433b-82eb-8c7fada847da";

  /** Payloads that are too long for the file. */
  private static final Map<String, Supplier<String>> LARGE =
      Map.of(
          "payload/path-long-10k",
          () -> request("p".repeat(10_000), "}"),
          "payload/body-large-1e5-chars",
          () -> request("gains", ", \"body\": \"" + "x".repeat(100_000) + "\"}"),
          "payload/raw-deep-2000",
          () -> "{\"timestamp\":1,\"body\":" + "[".repeat(2000) + "]".repeat(2000) + "}");

  private static final List<JsonObject> ALL = load();

  private Vectors() {}

  public static List<JsonObject> all() {
    return ALL;
  }

  public static Stream<JsonObject> of(String kind) {
    return ALL.stream().filter(vector -> vector.getString("kind").equals(kind));
  }

  /** The payload of a vector, as it was on the wire. */
  public static Bytes payload(JsonObject vector) {
    Supplier<String> large = LARGE.get(vector.getString("id"));
    String json = large == null ? vector.getString("json") : large.get();
    int length = json.codePointCount(0, json.length());
    if (length != vector.getInteger("json_len")) {
      throw new IllegalStateException(vector.getString("id") + " has " + length + " characters");
    }
    return Bytes.utf8(json);
  }

  private static String request(String path, String end) {
    return ("{\"header\": {\"method\": \"GET\", \"path\": \"%s\", \"request_id\": \"%s\"},"
            + " \"timestamp\": \"1745534869619\"%s")
        .formatted(path, ID, end);
  }

  private static List<JsonObject> load() {
    try (InputStream in = Vectors.class.getResourceAsStream("/gfmqtt/gfmqtt-vectors.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      // What Python calls JSON and others do not.
      return new JsonObject(text.replaceAll("\"body\": (NaN|Infinity)", "\"body\": \"$1\""))
          .getJsonArray("vectors").stream().map(JsonObject.class::cast).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
