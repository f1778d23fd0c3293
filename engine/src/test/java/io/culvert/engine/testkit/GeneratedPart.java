package io.culvert.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a document that is generated, so that it is never out of date: what stands between two
 * lines. {@code -Dculvert.docs=write} writes it again.
 */
public final class GeneratedPart {
  private GeneratedPart() {}

  /** The document has this between these lines, which it has, too. */
  public static void check(Path document, String begin, String end, String part)
      throws IOException {
    String text = Files.readString(document);
    assertThat(text).contains(begin, end);
    int from = text.indexOf(begin) + begin.length();
    String generated = text.substring(0, from) + part + text.substring(text.indexOf(end));
    if ("write".equals(System.getProperty("culvert.docs"))) {
      Files.writeString(document, generated);
    }
    assertThat(document).usingCharset("UTF-8").hasContent(generated);
  }
}
