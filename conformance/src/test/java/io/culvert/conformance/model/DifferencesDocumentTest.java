package io.culvert.conformance.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.model.Difference.Judgement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/differences.md} is what {@code differences.json} says. To write it again: {@code mvn
 * -pl conformance -am test -Dtest=DifferencesDocumentTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dculvert.docs=write}.
 */
class DifferencesDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "differences.md");

  private static final String INTRODUCTION =
      """
      # Culvert and Mosquitto

      <!-- Generated from differences.json by DifferencesDocumentTest, which says how to write it again. -->

      Random sessions of several clients, with valid and invalid packets, are played against Culvert and against
      Mosquitto 2.0.11 (`RandomSessionsIT`). A reference model, which is written from the standard and shares no code with
      Culvert, says after each step what may come. Culvert must do as the model. Where Mosquitto answers differently, the
      difference must stand here: an unknown one fails the test with the seed of its script.

      Not compared: identifiers that the servers assign, the order between different topics and clients, reason strings,
      and limits that are announced. Mosquitto hands on a QoS 2 message when PUBREL comes, Culvert when it has come; the
      standard allows both (section 4.3.3), and the model knows both.

      """;

  @Test
  void documentIsThatOfTheList() throws Exception {
    String generated = INTRODUCTION + body(Difference.all());
    if ("write".equals(System.getProperty("culvert.docs"))) {
      Files.writeString(DOCUMENT, generated);
    }
    assertThat(DOCUMENT).usingCharset("UTF-8").hasContent(generated);
  }

  @Test
  void everyDifferenceHasItsNameAndTells() {
    List<Difference> all = Difference.all();
    assertThat(all).extracting(Difference::id).doesNotHaveDuplicates();
    assertThat(all)
        .allSatisfy(
            each -> {
              assertThat(each.mosquitto()).endsWith(".");
              assertThat(each.culvert()).endsWith(".");
              assertThat(each.statement()).contains("MQTT");
            });
  }

  private static String body(List<Difference> all) {
    StringBuilder text = new StringBuilder();
    for (Judgement judgement : Judgement.values()) {
      List<Difference> those = all.stream().filter(each -> each.judgement() == judgement).toList();
      if (!those.isEmpty()) {
        text.append("## ").append(judgement.text()).append("\n\n");
        text.append("| Name | Mosquitto | Culvert | Standard |\n|---|---|---|---|\n");
        text.append(those.stream().map(DifferencesDocumentTest::row).collect(Collectors.joining()));
        text.append("\n");
      }
    }
    return text.toString();
  }

  private static String row(Difference each) {
    return String.format(
        "| `%s` | %s | %s | %s |%n", each.id(), each.mosquitto(), each.culvert(), each.statement());
  }
}
