package io.culvert.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.JavaCommand;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In a virtual machine of its own, with a heap of 64 MB. */
class LargestHeapTest {
  /** What is printed there. */
  public static void main(String... args) {
    System.out.println(LargestHeap.bytes() >> 20);
  }

  @ParameterizedTest
  @CsvSource({
    "-XX:NewRatio=2, 50, 56", // a third is young
    "-XX:NewRatio=4, 60, 64",
    "-XX:NewRatio=1, 38, 42"
  })
  void anOldGenerationIsWhatCounts(String option, int least, int most) throws Exception {
    List<String> command =
        JavaCommand.of(List.of("-Xmx64m", option), LargestHeapTest.class.getName());

    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    assertThat(Integer.parseInt(process.inputReader().readLine())).isBetween(least, most);
  }
}
