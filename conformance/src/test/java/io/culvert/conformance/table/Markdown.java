package io.culvert.conformance.table;

import java.util.List;
import java.util.stream.Collectors;

/** What the pages have in common. */
final class Markdown {
  private Markdown() {}

  /** The tests of a row, each a link to its file, with the number of its cases when above 1. */
  static String tests(List<NamedTest> tests, Reports reports) {
    return tests.stream().map(test -> link(test, reports)).collect(Collectors.joining("<br>"));
  }

  /** The verdict of a row, with what there is to say about it. */
  static String result(Row row) {
    return row.remark() == null ? row.verdict().text() : row.verdict().text() + ": " + row.remark();
  }

  static String escape(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }

  private static String link(NamedTest test, Reports reports) {
    int cases = test.cases(reports);
    return "[" + test.label() + "](../" + test.source() + ")" + (cases > 1 ? " ×" + cases : "");
  }
}
