package io.culvert.conformance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of {@code conformance/faults}, and the page that it writes. */
class ArgumentsTest {

  @Test
  void everythingUnlessSomethingIsSaid() {
    Arguments none = Arguments.parse();
    assertThat(none.wants("ledger")).isTrue();
    assertThat(none.wants("damage")).isTrue();
    assertThat(none.settings(7).rounds()).isEqualTo(7);
    Arguments some = Arguments.parse("power", "--rounds", "3", "--seed", "9", "damage");
    assertThat(some.wants("ledger")).isFalse();
    assertThat(some.wants("power")).isTrue();
    assertThat(some.settings(7).rounds()).isEqualTo(3);
    assertThat(some.settings(7).seed()).isEqualTo(9);
    assertThat(some.settings(7).shards()).isZero();
    assertThat(Arguments.parse("--shards", "2").settings(7).shards()).isEqualTo(2);
  }

  @Test
  void restIsForTheBroker() {
    Arguments arguments = Arguments.parse("ledger", "--", "--set", "store.sync=never");
    assertThat(arguments.options()).containsExactly("--set", "store.sync=never");
  }

  @Test
  void unknownWordsAndMissingNumbersAreRefused() {
    assertThatThrownBy(() -> Arguments.parse("frobnicate")).hasMessage("unknown: frobnicate");
    assertThatThrownBy(() -> Arguments.parse("--rounds", "x"))
        .hasMessage("--rounds needs a number, not x");
    assertThatThrownBy(() -> Arguments.parse("--seed")).hasMessage("--seed needs a value");
  }

  @Test
  void tablesReplaceThoseOfThePage(@TempDir Path folder) throws Exception {
    Path page = folder.resolve("page.md");
    Files.writeString(
        page, "a\n<!-- table of conformance/faults -->\nold\n<!-- end of table -->\nb\n");
    Page.write(page, "| new |\n");
    assertThat(page)
        .hasContent("a\n<!-- table of conformance/faults -->\n| new |\n<!-- end of table -->\nb\n");
    Files.writeString(page, "nothing\n");
    assertThatThrownBy(() -> Page.write(page, "")).hasMessageContaining("no place");
  }
}
