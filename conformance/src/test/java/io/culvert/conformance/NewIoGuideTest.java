package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What docs/new-io.md quotes is the code that {@link NioDriverIT} runs. */
class NewIoGuideTest {
  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final String BEGINNING = "public final class NioDriver";

  @Test
  void theGuideQuotesTheDriverThatIsTested() throws IOException {
    String guide = Files.readString(MODULE.resolveSibling("docs/new-io.md"));
    String source =
        Files.readString(MODULE.resolve("src/test/java/io/culvert/conformance/NioDriver.java"));

    String quoted = source.substring(source.indexOf(BEGINNING));
    assertThat(guide).contains("```java\n" + quoted + "```\n");
  }
}
