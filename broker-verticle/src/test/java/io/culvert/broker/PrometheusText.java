package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus' text format, read strictly: whatever it does not allow fails the test. */
final class PrometheusText {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\n\"])*\"";
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") (\\S.*)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|summary|histogram)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*})? (-?[0-9.]+(?:E-?[0-9]+)?|NaN)");

  private PrometheusText() {}

  /** Series, such as {@code culvert_connects_total{version="5.0"}}, with their values. */
  static Map<String, Double> parse(String text) {
    assertThat(text).endsWith("\n");
    Map<String, String> types = new HashMap<>();
    Map<String, String> helps = new HashMap<>();
    Map<String, Double> series = new LinkedHashMap<>();
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (help.matches()) {
        assertThat(helps.put(help.group(1), help.group(2))).as(line).isNull();
      } else if (type.matches()) {
        assertThat(types.put(type.group(1), type.group(2))).as(line).isNull();
      } else {
        assertThat(sample.matches()).as("allowed: " + line).isTrue();
        String family = sample.group(1).replaceAll("_seconds_(count|sum|max)$", "_seconds");
        assertThat(types).as("type before: " + line).containsKeys(family);
        assertThat(helps).as("help before: " + line).containsKeys(family);
        String labels = sample.group(2) == null ? "" : sample.group(2);
        Double before = series.put(sample.group(1) + labels, Double.valueOf(sample.group(3)));
        assertThat(before).as("once: " + line).isNull();
      }
    }
    return series;
  }
}
