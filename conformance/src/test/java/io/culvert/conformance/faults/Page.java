package io.culvert.conformance.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The page with the tables of the last whole run. */
final class Page {
  private static final String BEGIN = "<!-- table of conformance/faults -->\n";
  private static final String END = "<!-- end of table -->\n";

  private Page() {}

  /** Replaces what is between the marks. */
  static void write(Path page, String tables) throws IOException {
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException(page + " has no place for the tables");
    }
    Files.writeString(
        page, text.substring(0, begin + BEGIN.length()) + tables + text.substring(end));
  }
}
