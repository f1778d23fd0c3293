package io.culvert.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the user is told. */
class ProblemsTest {

  @Test
  void everythingIsToldAtOnce() {
    assertThat(
            Sample.problems(
                loader ->
                    loader
                        .text("culvert.yaml", "mqtt:\n  prot: 1\n  bind: []\nlimits:\n  x: 1\n")
                        .environment(Map.of("CULVERT_MQTT_PORT", "abc"))
                        .set("auth.anonymous=yes")
                        .set("nonsense")
                        .flag("--port", "mqtt.port", "70000")))
        .containsExactly(
            "--set: \"nonsense\" is not of the form key=value",
            "culvert.yaml:2: mqtt.prot: unknown key; did you mean mqtt.port?",
            "culvert.yaml:3: mqtt.bind: takes one value, not a list",
            "culvert.yaml:5: limits.x: unknown key; known there are packet-bytes, queue-messages,"
                + " expiry-seconds, grace-millis",
            "--set: auth.anonymous: \"yes\" is neither true nor false",
            "--port: mqtt.port: is 70000, but must be 0 to 65535");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          limits: 5                    | limits: is a section, not a value; known there are packet-bytes, queue-messages, expiry-seconds, grace-millis
          mqtt: {port: {a: 1}}         | mqtt.port.a: unknown key; mqtt.port takes 0 to 65535
          mqtt: {port: }               | mqtt.port: has no value; give one or remove the key
          mqtt: {port: ' '}            | mqtt.port: has no value; give one or remove the key
          mqtt: {port: 18.5}           | mqtt.port: "18.5" is not a port number
          mqtt: {port: 1KiB}           | mqtt.port: "1KiB" is not a port number
          mqtt: {port: -1}             | mqtt.port: is -1, but must be 0 to 65535
          mqtt: {versions: [4]}        | mqtt.versions: "4" is not one of 3.1.1, 5.0
          mqtt: {listeners: 5}         | mqtt.listeners: is a list of sections; known there are type, port, origins
          mqtt: {listeners: [a]}       | mqtt.listeners: is a list of sections; known there are type, port, origins
          mqtt: {listeners: [{prt: 1}]}| mqtt.listeners[0].prt: unknown key; did you mean mqtt.listeners[].port?
          mqtt: {listeners: [{type: u}]}| mqtt.listeners[0].type: "u" is not one of tcp, websocket
          limits: {packet-bytes: 64KB} | limits.packet-bytes: "64KB" is not a size: a whole number of bytes, or with KiB, MiB, GiB
          limits: {packet-bytes: 1}    | limits.packet-bytes: is 1B, but must be 1KiB to 256MiB
          limits: {packet-bytes: 99999999999999999999} | limits.packet-bytes: "99999999999999999999" is not a size: a whole number of bytes, or with KiB, MiB, GiB
          limits: {packet-bytes: 9999999999GiB} | limits.packet-bytes: "9999999999GiB" is not a size: a whole number of bytes, or with KiB, MiB, GiB
          limits: {expiry-seconds: 5ms}| limits.expiry-seconds: "5ms" is not a time: a whole number of seconds, or with s, m, h, d
          limits: {grace-millis: x}    | limits.grace-millis: "x" is not a time: a whole number of milliseconds, or with ms, s, m, h, d
          logging: {levels: {a: loud}} | logging.levels.a: "loud" is not one of info, debug
          xyz: 1                       | xyz: unknown key; known at the top are mqtt, auth, limits, logging
          limit: {packet-bytes: 1}     | limit.packet-bytes: unknown key; did you mean limits.packet-bytes?
          packet-bytes: 1              | packet-bytes: unknown key; did you mean limits.packet-bytes?
          mqtt: {anonymous: true}      | mqtt.anonymous: unknown key; did you mean auth.anonymous?
          """)
  void aProblemNamesItsPlace(String yaml, String problem) {
    assertThat(Sample.problems(yaml)).containsExactly("culvert.yaml:1: " + problem);
  }

  @Test
  void aMisspeltListOfSectionsIsToldWithWhatIsInIt() {
    assertThat(Sample.problems("mqtt: {listners: [{port: 1}]}"))
        .containsExactly(
            "culvert.yaml:1: mqtt.listners: unknown key; did you mean mqtt.listeners?",
            "culvert.yaml:1: mqtt.listners[0].port: unknown key; did you mean"
                + " mqtt.listeners[].port?");
  }

  @Test
  void aKeyGivenTwiceIsRefused() {
    assertThat(Sample.problems("mqtt:\n  port: 1\n  port: 2\n"))
        .containsExactly("culvert.yaml:3: mqtt.port: is given twice");
  }

  @Test
  void aTextThatIsNotYamlIsRefusedWithItsLine() {
    assertThat(Sample.problems("mqtt:\n  port: [1\nauth: 2\n"))
        .singleElement()
        .asString()
        .startsWith("culvert.yaml:3: is not valid YAML or JSON: ");
    assertThat(Sample.problems("mqtt: {port: 1}\u0001"))
        .singleElement()
        .asString()
        .startsWith("culvert.yaml: is not valid YAML or JSON: ");
  }

  @Test
  void aFileHoldsKeys() {
    assertThat(Sample.problems("hello"))
        .containsExactly("culvert.yaml:1: must contain keys with values, such as \"limits:\"");
    assertThat(Sample.problems("- a"))
        .containsExactly("culvert.yaml:1: must contain keys with values, not a list");
    assertThat(Sample.problems("? [a]\n: b"))
        .containsExactly("culvert.yaml:1: has a key that is not a text");
  }

  @Test
  void aFileThatContainsItselfIsRefused() {
    assertThat(Sample.problems("mqtt: &a\n  b: *a\n"))
        .singleElement()
        .asString()
        .contains("is nested too deeply");
  }

  @Test
  void sectionsAreNumberedWithoutGaps() {
    assertThat(Sample.problems(loader -> loader.set("mqtt.listeners[1].port=1")))
        .containsExactly("--set: mqtt.listeners[1].port: there is no mqtt.listeners[0] before it");
    assertThat(Sample.problems(loader -> loader.set("mqtt.listeners[99999999999].port=1")))
        .containsExactly(
            "--set: mqtt.listeners[99999999999].port: there may be at most 256 sections in a list");
  }

  @Test
  void unknownVariablesAreRefused() {
    assertThat(
            Sample.problems(
                loader ->
                    loader.environment(
                        Map.of("CULVERT_MQTT_PROT", "1", "CULVERT_ZZZ", "1", "OTHER_PORT", "x"))))
        .containsExactly(
            "CULVERT_MQTT_PROT: unknown environment variable; did you mean CULVERT_MQTT_PORT?",
            "CULVERT_ZZZ: unknown environment variable; no setting has that name");
  }

  @Test
  void variablesOfKubernetesServicesAreNotMeant() {
    assertThat(
            Sample.load(
                    loader ->
                        loader.environment(
                            Map.of(
                                "CULVERT_SERVICE_HOST", "10.0.0.1",
                                "CULVERT_MQTT_SERVICE_PORT_WS", "8083",
                                "CULVERT_PORT_1883_TCP_ADDR", "10.0.0.1",
                                "CULVERT_MQTT_PORT", "tcp://10.0.0.1:1883",
                                "CULVERT_JAVA_OPTS", "-Xmx1g")))
                .integer("mqtt.port"))
        .isEqualTo(1883);
  }

  @Test
  void filesThatCannotBeReadAreNamed(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing.yaml");
    Path binary = folder.resolve("binary.yaml");
    Files.write(binary, "mqtt: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(Sample.problems(loader -> loader.file(missing).file(binary)))
        .containsExactly(missing + ": there is no such file", binary + ": is not UTF-8 text");
  }
}
