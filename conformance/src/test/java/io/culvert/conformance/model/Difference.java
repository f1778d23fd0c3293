package io.culvert.conformance.model;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A way in which Mosquitto answers differently from Culvert, and what we think of it.
 *
 * @param id its name
 * @param match what its signature looks like: of a {@link io.culvert.mqtt.model.Problem}, or the
 *     name of a {@link io.culvert.mqtt.model.Choice}
 * @param statement what the standard says, by its number; or its section
 */
record Difference(
    String id,
    Pattern match,
    String mosquitto,
    String culvert,
    String statement,
    Judgement judgement) {

  /** Who is right. */
  enum Judgement {
    CULVERT_RIGHT("Culvert does as the standard says"),
    BOTH_ALLOWED("The standard allows both"),
    MOSQUITTO_BUG("A fault of Mosquitto"),
    OUR_CHOICE("The standard says nothing: our choice");

    private final String text;

    Judgement(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  static List<Difference> all() {
    try (InputStream in = Difference.class.getResourceAsStream("/differences.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new JsonArray(text).stream().map(JsonObject.class::cast).map(Difference::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean matches(String signature) {
    return match.matcher(signature).matches();
  }

  private static Difference of(JsonObject json) {
    return new Difference(
        json.getString("id"),
        Pattern.compile(json.getString("match")),
        json.getString("mosquitto"),
        json.getString("culvert"),
        json.getString("statement"),
        Judgement.valueOf(json.getString("judgement")));
  }
}
