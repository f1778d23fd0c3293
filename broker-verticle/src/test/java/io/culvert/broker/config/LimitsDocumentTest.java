package io.culvert.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.runtime.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page of limits names each of them, with its default, and no other. */
class LimitsDocumentTest {
  private static final Path PAGE = Path.of("..", "docs", "limits.md");

  @Test
  void everyLimitIsInThePage() throws Exception {
    List<String> rows =
        Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| `limits.")).toList();
    List<String> wanted =
        BrokerSettings.TABLE.settings().stream()
            .filter(setting -> setting.root().equals("limits"))
            .map(LimitsDocumentTest::beginning)
            .toList();
    assertThat(wanted).hasSizeGreaterThan(20);
    assertThat(rows.stream().map(LimitsDocumentTest::beginning).toList())
        .containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(rows).allMatch(row -> row.split("\\|").length == 6);
  }

  private static String beginning(Setting setting) {
    return "| `" + setting.key() + "` | `" + setting.defaultText() + "` |";
  }

  private static String beginning(String row) {
    String[] cells = row.split("\\|");
    return "|" + cells[1] + "|" + cells[2] + "|";
  }
}
