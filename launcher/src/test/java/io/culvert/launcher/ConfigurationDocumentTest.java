package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.runtime.config.SettingsDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The documentation of the settings is generated, so that it is never out of date. Write it again
 * with {@code mvn -pl launcher -am test -Dtest=ConfigurationDocumentTest -Dculvert.docs=write}.
 */
class ConfigurationDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

  private static final String INTRODUCTION =
      """
      # Configuration

      <!-- Generated from the table of settings by ConfigurationDocumentTest, which says how to write it again. -->

      Culvert runs without any configuration. `culvert config print` shows every setting with its value and where that
      comes from; `culvert config check` says what is wrong, if anything.

      A value is taken from the first of these that has it:

      1. a flag: `culvert run --port 2883`
      2. `--set`: `culvert run --set limits.packet-bytes=64KiB`
      3. the environment: `CULVERT_LIMITS_PACKET_BYTES=64KiB culvert run`
      4. the file: `culvert run --config FILE`, or `culvert.yaml` in the working directory; YAML or JSON
      5. its default

      ```yaml
      mqtt:
        listeners:
          - type: tcp
            port: 1883
          - type: websocket
            port: 8083
            origins: [https://app.example.com]
      limits:
        packet-bytes: 256KiB
        session-expiry-seconds: 1h
      logging:
        level: info
        levels:
          culvert.mqtt.server: debug
      ```

      - A key names the unit of its plain number: `-bytes`, `-seconds`, `-millis`. A size may be written with `KiB`, `MiB`
        or `GiB`, a time with `ms`, `s`, `m`, `h` or `d`.
      - A list is written `[a, b]`, or `a,b` in the environment and with `--set`.
      - `mqtt.listeners[0].port` is the port of the first listener; in the environment `CULVERT_MQTT_LISTENERS_0_PORT`.
        A list in one place replaces the whole list of the places after it; an index changes one part of it.
      - An unknown key, a value of the wrong kind or out of its range stop the start. All mistakes are reported together.
      - Variables that Kubernetes sets for a service of the name `culvert…` are not meant and not looked at.
      """;

  @Test
  void documentIsThatOfTheTable() throws Exception {
    String generated = INTRODUCTION + SettingsDocument.markdown(Settings.TABLE);
    if ("write".equals(System.getProperty("culvert.docs"))) {
      Files.writeString(DOCUMENT, generated);
    }
    assertThat(DOCUMENT).usingCharset("UTF-8").hasContent(generated);
  }
}
