package io.culvert.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScenariosTest {
  @Test
  void areNumberedWithoutGapsAndSayWhatTheyAreAbout() {
    assertThat(Scenarios.all())
        .extracting(Scenarios.Line::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 132).boxed().toList());
    assertThat(Scenarios.all()).extracting(Scenarios.Line::text).noneMatch(String::isBlank);
    assertThat(Scenarios.all())
        .extracting(Scenarios.Line::part)
        .containsOnly("Codec", "Filters", "Client", "Server");
  }
}
