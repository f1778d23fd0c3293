package io.culvert.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which value is in effect, and what it is. */
class ConfigurationTest {

  @Test
  void defaultsHoldWhereNothingIsSet() {
    Configuration configuration = Sample.yaml("");
    assertThat(configuration.text("mqtt.bind")).isEqualTo("127.0.0.1");
    assertThat(configuration.integer("mqtt.port")).isEqualTo(1883);
    assertThat(configuration.texts("mqtt.versions")).containsExactly("3.1.1", "5.0");
    assertThat(configuration.flag("auth.anonymous")).isFalse();
    assertThat(configuration.number("limits.packet-bytes")).isEqualTo(2 << 20);
    assertThat(configuration.number("limits.expiry-seconds")).isEqualTo(7 * 86_400);
    assertThat(configuration.number("limits.grace-millis")).isEqualTo(2_000);
    assertThat(configuration.sections("mqtt.listeners")).isEmpty();
    assertThat(configuration.named("logging.levels")).isEmpty();
    assertThat(configuration.origin("mqtt.port")).isEqualTo(Configuration.DEFAULT);
  }

  @Test
  void laterLayersGoFirst() {
    Configuration configuration =
        Sample.load(
            loader ->
                loader
                    .text("culvert.yaml", "mqtt: {port: 1, bind: a}\nlimits: {queue-messages: 1}")
                    .environment(
                        Map.of("CULVERT_MQTT_PORT", "2", "CULVERT_LIMITS_QUEUE_MESSAGES", "2"))
                    .set("mqtt.port=3")
                    .flag("--port", "mqtt.port", "4"));
    assertThat(configuration.integer("mqtt.port")).isEqualTo(4);
    assertThat(configuration.origin("mqtt.port")).isEqualTo("--port");
    assertThat(configuration.integer("limits.queue-messages")).isEqualTo(2);
    assertThat(configuration.origin("limits.queue-messages"))
        .isEqualTo("CULVERT_LIMITS_QUEUE_MESSAGES");
    assertThat(configuration.text("mqtt.bind")).isEqualTo("a");
    assertThat(configuration.origin("mqtt.bind")).isEqualTo("culvert.yaml:1");
  }

  @Test
  void jsonWithTabsIsReadLikeYaml() {
    Configuration configuration =
        Sample.yaml("{\n\t\"mqtt\": {\n\t\t\"port\": 1,\n\t\t\"bind\": \"a\\tb\\/c\"\n\t}\n}\n");
    assertThat(configuration.integer("mqtt.port")).isEqualTo(1);
    assertThat(configuration.text("mqtt.bind")).isEqualTo("a\tb/c");
    assertThat(configuration.origin("mqtt.port")).isEqualTo("culvert.yaml:3");
  }

  @Test
  void textsStayAsTheyAreWritten() {
    assertThat(Sample.yaml("mqtt: {bind: 0123}").text("mqtt.bind")).isEqualTo("0123");
    assertThat(Sample.yaml("mqtt: {bind: on}").text("mqtt.bind")).isEqualTo("on");
    assertThat(Sample.yaml("mqtt: {versions: 5.0}").texts("mqtt.versions")).containsExactly("5.0");
  }

  @Test
  void dotsMakeAPath() {
    assertThat(Sample.yaml("mqtt.port: 5").integer("mqtt.port")).isEqualTo(5);
  }

  @Test
  void rootsMayBeEmpty() {
    assertThat(Sample.yaml("mqtt:\nlimits:\n").integer("mqtt.port")).isEqualTo(1883);
  }

  @Test
  void numbersTakeUnits() {
    Configuration configuration =
        Sample.yaml(
            "limits: {packet-bytes: 64KiB, expiry-seconds: 2h, grace-millis: 1500, queue-messages: 5}");
    assertThat(configuration.number("limits.packet-bytes")).isEqualTo(65_536);
    assertThat(configuration.number("limits.expiry-seconds")).isEqualTo(7_200);
    assertThat(configuration.number("limits.grace-millis")).isEqualTo(1_500);
  }

  @Test
  void sectionsHaveTheirOwnDefaults() {
    List<Configuration> sections =
        Sample.yaml("mqtt: {listeners: [{port: 1}, {type: websocket, origins: [a, b]}]}")
            .sections("mqtt.listeners");
    assertThat(sections).hasSize(2);
    assertThat(sections.get(0).integer("port")).isEqualTo(1);
    assertThat(sections.get(0).text("type")).isEqualTo("tcp");
    assertThat(sections.get(0).texts("origins")).isEmpty();
    assertThat(sections.get(1).isPresent("port")).isFalse();
    assertThat(sections.get(1).texts("origins")).containsExactly("a", "b");
    assertThat(sections.get(1).path()).isEqualTo("mqtt.listeners[1]");
  }

  @Test
  void aListReplacesTheListBelowIt() {
    Configuration configuration =
        Sample.load(
            loader ->
                loader
                    .text("culvert.yaml", "mqtt: {listeners: [{port: 1}, {port: 2}]}")
                    .set("mqtt.listeners=[{port: 3}]"));
    assertThat(configuration.sections("mqtt.listeners"))
        .extracting(section -> section.integer("port"))
        .containsExactly(3);
  }

  @Test
  void anIndexChangesOrAddsOneSection() {
    Configuration configuration =
        Sample.load(
            loader ->
                loader
                    .text("culvert.yaml", "mqtt: {listeners: [{port: 1}, {port: 2}]}")
                    .environment(Map.of("CULVERT_MQTT_LISTENERS_1_PORT", "20"))
                    .set("mqtt.listeners.2.port=30")
                    .set("mqtt.listeners[0].type=websocket"));
    assertThat(configuration.sections("mqtt.listeners"))
        .extracting(section -> section.text("type") + section.integer("port"))
        .containsExactly("websocket1", "tcp20", "tcp30");
  }

  @Test
  void listsMayBeSeparatedByCommas() {
    Configuration configuration = Sample.load(loader -> loader.set("mqtt.versions=5.0, 3.1.1"));
    assertThat(configuration.texts("mqtt.versions")).containsExactly("5.0", "3.1.1");
  }

  @Test
  void openNamesKeepTheirDots() {
    Configuration configuration =
        Sample.load(
            loader ->
                loader
                    .text(
                        "culvert.yaml",
                        "logging: {levels: {culvert.mqtt.wire: debug, culvert: {mqtt: {server: info}}}}")
                    .environment(Map.of("CULVERT_LOGGING_LEVELS_CULVERT_RPC", "debug")));
    assertThat(configuration.named("logging.levels"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "culvert.mqtt.wire", "debug",
                "culvert.mqtt.server", "info",
                "culvert.rpc", "debug"));
  }

  @Test
  void jsonHasEveryValueInTheUnitOfItsKey() {
    JsonObject json =
        Sample.yaml(
                "mqtt: {listeners: [{}, {port: 2}]}\n"
                    + "limits: {packet-bytes: 64KiB}\n"
                    + "logging: {levels: {a.b: debug}}")
            .toJson();
    assertThat(json.getJsonObject("limits").getLong("packet-bytes")).isEqualTo(65_536L);
    assertThat(json.getJsonObject("limits").getLong("expiry-seconds")).isEqualTo(604_800L);
    assertThat(json.getJsonObject("logging").getJsonObject("levels").getString("a.b"))
        .isEqualTo("debug");
    JsonArray listeners = json.getJsonObject("mqtt").getJsonArray("listeners");
    assertThat(listeners.getJsonObject(1))
        .isEqualTo(
            new JsonObject().put("type", "tcp").put("port", 2L).put("origins", new JsonArray()));
    assertThat(Sample.load(loader -> loader.json("verticle", json)).toJson()).isEqualTo(json);
  }

  @Test
  void rootsOfOtherModulesAreLeftToThem() {
    JsonObject json =
        new JsonObject()
            .put("http", new JsonObject().put("port", 8080))
            .put("mqtt", new JsonObject().put("port", 1));
    assertThat(Sample.load(loader -> loader.json("verticle", json)).integer("mqtt.port"))
        .isEqualTo(1);
    assertThat(json.containsKey("http")).isTrue();
  }

  @Test
  void filesAreRead(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), "\uFEFFmqtt:\n  port: 7\n");
    Configuration configuration = Sample.load(loader -> loader.file(file));
    assertThat(configuration.integer("mqtt.port")).isEqualTo(7);
    assertThat(configuration.origin("mqtt.port")).isEqualTo(file + ":2");
  }

  @Test
  void aGetterOfTheWrongKeyOrTypeIsOurMistake() {
    Configuration configuration = Sample.yaml("");
    assertThatIllegalArgumentException().isThrownBy(() -> configuration.text("mqtt.prot"));
    assertThatIllegalArgumentException().isThrownBy(() -> configuration.sections("mqtt.port"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> configuration.text("mqtt.port"))
        .withMessageContaining("mqtt.port");
  }
}
