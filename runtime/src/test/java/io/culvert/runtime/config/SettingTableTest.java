package io.culvert.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The table keeps mistakes of ours out, and is the source of the documentation. */
class SettingTableTest {

  @Test
  void aDefaultMustFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Setting.number("a.b", Unit.COUNT, 1, 5, "6", ""))
        .withMessage("default of a.b: is 6, but must be 1 to 5");
  }

  @Test
  void aKeyIsKebabCaseBelowARoot() {
    for (String key : List.of("a", "a.B", "a_b.c", "a..b", "a.*.b", "")) {
      assertThatIllegalArgumentException().isThrownBy(() -> Setting.text(key, null, ""));
    }
  }

  @Test
  void keysAndVariablesAreUnique() {
    Setting one = Setting.text("a.b-c", null, "");
    assertThatIllegalArgumentException().isThrownBy(() -> SettingTable.of(one, one));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SettingTable.join(
                    SettingTable.of(one), SettingTable.of(Setting.text("a.b.c", null, ""))))
        .withMessage("two settings have the variable CULVERT_A_B_C");
  }

  @Test
  void everySettingIsDocumentedWithItsVariable() {
    assertThat(SettingsDocument.markdown(Sample.TABLE))
        .contains("\n## mqtt\n", "\n## limits\n")
        .contains(
            "| `limits.packet-bytes`<br>`CULVERT_LIMITS_PACKET_BYTES` | `2MiB` | 1KiB to 256MiB |"
                + " Size. |\n")
        .contains("`mqtt.listeners[].port`<br>`CULVERT_MQTT_LISTENERS_<N>_PORT`")
        .contains("`logging.levels.*`<br>`CULVERT_LOGGING_LEVELS_<NAME>`")
        .contains("Time. Taken over without a restart. |");
  }

  @Test
  void printedConfigurationsGiveTheSameAgain() {
    Configuration configuration =
        Sample.load(
            loader ->
                loader
                    .text(
                        "culvert.yaml",
                        "mqtt: {bind: 'a: b # c', listeners: [{port: 1, origins: ['*', null]}, {}]}")
                    .set("limits.packet-bytes=3MiB")
                    .set("logging.levels.a.b=debug"));
    String printed = SettingsDocument.yaml(configuration);
    assertThat(printed)
        .contains("packet-bytes: 3MiB # --set\n", "bind: \"a: b # c\" # culvert.yaml:1\n")
        .contains("  listeners:\n    - type: tcp\n      port: 1 # culvert.yaml:1\n");
    assertThat(Sample.yaml(printed).toJson()).isEqualTo(configuration.toJson());
  }

  @Property(tries = 500)
  void aPrintedNumberIsTheSameNumber(@ForAll @LongRange(min = 0, max = 1L << 40) long number)
      throws BadValueException {
    for (Unit unit : Unit.values()) {
      assertThat(unit.parse(unit.print(number))).isEqualTo(number);
      assertThat(unit.parse(unit.print(number * 1024 * 3600))).isEqualTo(number * 1024 * 3600);
    }
  }

  @Property(tries = 300)
  void distanceIsAMetric(@ForAll String a, @ForAll String b) {
    String x = a.substring(0, Math.min(a.length(), 12));
    String y = b.substring(0, Math.min(b.length(), 12));
    assertThat(NearestKey.distance(x, y)).isEqualTo(NearestKey.distance(y, x));
    assertThat(NearestKey.distance(x, x)).isZero();
    assertThat(NearestKey.distance(x, y)).isLessThanOrEqualTo(Math.max(x.length(), y.length()));
  }

  @Test
  void swappedNeighboursAreOneMistake() {
    assertThat(NearestKey.distance("prot", "port")).isEqualTo(1);
    assertThat(NearestKey.of("mqtt.prot", List.of("mqtt.path", "mqtt.port")))
        .isEqualTo("mqtt.port");
    assertThat(NearestKey.of("abc.defgh", List.of("mqtt.path", "mqtt.port"))).isNull();
  }
}
