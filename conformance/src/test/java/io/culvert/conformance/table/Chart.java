package io.culvert.conformance.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** docs/conformance.svg: one square for each statement, a line of them for each section. */
final class Chart {
  private static final int STEP = 13;
  private static final int LINE = 17;
  private static final int SQUARES_IN_A_LINE = 30;
  private static final int LABELS = 190;
  private static final int COLUMN = LABELS + SQUARES_IN_A_LINE * STEP + 30;
  private static final int TOP = 62;

  private final StringBuilder squares = new StringBuilder();
  private int bottom;

  private Chart() {}

  static String of(List<Row> rows) {
    Chart chart = new Chart();
    chart.standard("MQTT 5.0", "MQTT5-", rows, 10);
    chart.standard("MQTT 3.1.1", "MQTT3-", rows, 10 + COLUMN);
    chart.legend(10);
    return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        %s</svg>
        """
        .formatted(2 * COLUMN, chart.bottom + 14, 2 * COLUMN, chart.bottom + 14, chart.squares);
  }

  private void standard(String name, String prefix, List<Row> rows, int left) {
    List<Row> own = rows.stream().filter(row -> row.id().startsWith(prefix)).toList();
    long proven =
        own.stream()
            .filter(row -> row.verdict().isGood() && row.verdict() != Verdict.NOT_APPLICABLE)
            .count();
    text(left, TOP - 14, 15, "#1f2328", name + ": " + proven + " of " + own.size() + " proven");
    Map<String, List<Row>> sections =
        own.stream()
            .collect(
                Collectors.groupingBy(
                    row -> Sections.titleOf(row.id()), LinkedHashMap::new, Collectors.toList()));
    int y = TOP;
    for (Map.Entry<String, List<Row>> section : sections.entrySet()) {
      text(left, y + 10, 11, "#57606a", section.getKey());
      int place = 0;
      for (Row row : section.getValue()) {
        if (place == SQUARES_IN_A_LINE) {
          place = 0;
          y += STEP;
        }
        square(left + LABELS + place * STEP, y, row);
        place++;
      }
      y += LINE;
    }
    bottom = Math.max(bottom, y);
  }

  private void legend(int left) {
    int x = left;
    for (Verdict verdict :
        List.of(Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.OPEN, Verdict.FAILED)) {
      squares.append(
          "<rect x=\"%d\" y=\"10\" width=\"11\" height=\"11\" rx=\"2\" fill=\"%s\"/>\n"
              .formatted(x, verdict.colour()));
      text(x + 16, 20, 11, "#57606a", verdict.text().replaceAll("^\\W ", ""));
      x += 110;
    }
  }

  private void square(int x, int y, Row row) {
    squares.append(
        """
        <rect x="%d" y="%d" width="11" height="11" rx="2" fill="%s"><title>%s (%s): %s</title></rect>
        """
            .formatted(x, y, row.verdict().colour(), row.id(), row.appliesTo(), xml(row.text())));
  }

  private void text(int x, int y, int size, String colour, String text) {
    squares.append(
        "<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\">%s</text>\n"
            .formatted(x, y, size, colour, xml(text)));
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
