package io.culvert.conformance.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The reports of the test runs: class → method → what came of it. A report that is older than the
 * compiled class is of another run and does not count.
 */
final class Reports {
  /** Under which a class says, once for all its tests, that it could not run. */
  private static final String WHOLE_CLASS = "";

  private static final String MISSING_PROGRAM = "missing program: ";
  private static final Pattern METHOD = Pattern.compile("^\\w+");

  private final Map<String, Map<String, Outcome>> outcomes = new HashMap<>();

  private Reports() {}

  /** Reads what surefire and failsafe have written for these modules. */
  static Reports of(List<Path> modules) {
    Reports reports = new Reports();
    for (Path module : modules) {
      for (String folder : List.of("surefire-reports", "failsafe-reports")) {
        Path reportsFolder = module.resolve("target").resolve(folder);
        if (Files.isDirectory(reportsFolder)) {
          reports.readAll(reportsFolder, module.resolve("target/test-classes"));
        }
      }
    }
    return reports;
  }

  /** What came of a test method in one class. */
  Outcome of(String className, String method) {
    Map<String, Outcome> ofClass = outcomes.getOrDefault(className, Map.of());
    Outcome found = ofClass.get(method);
    return found != null ? found : ofClass.getOrDefault(WHOLE_CLASS, Outcome.NONE);
  }

  private void readAll(Path folder, Path classes) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("TEST-") && name.endsWith(".xml")) {
          String className = name.substring("TEST-".length(), name.length() - ".xml".length());
          if (isOfThisRun(file, classes.resolve(className.replace('.', '/') + ".class"))) {
            read(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfThisRun(Path report, Path compiled) throws IOException {
    return Files.exists(compiled)
        && Files.getLastModifiedTime(report).compareTo(Files.getLastModifiedTime(compiled)) >= 0;
  }

  private void read(Path report) throws IOException {
    NodeList cases = parse(report).getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element each = (Element) cases.item(i);
      Matcher method = METHOD.matcher(each.getAttribute("name"));
      outcomes
          .computeIfAbsent(each.getAttribute("classname"), name -> new HashMap<>())
          .merge(method.find() ? method.group() : WHOLE_CLASS, outcome(each), Outcome::plus);
    }
  }

  private static Outcome outcome(Element testCase) {
    boolean failed =
        testCase.getElementsByTagName("failure").getLength() > 0
            || testCase.getElementsByTagName("error").getLength() > 0;
    NodeList skips = testCase.getElementsByTagName("skipped");
    boolean skipped = skips.getLength() > 0;
    boolean excused =
        skipped
            && (((Element) skips.item(0)).getAttribute("message") + skips.item(0).getTextContent())
                .contains(MISSING_PROGRAM);
    return new Outcome(1, failed ? 1 : 0, skipped && !excused ? 1 : 0, excused ? 1 : 0);
  }

  private static Document parse(Path report) throws IOException {
    try {
      return DocumentBuilderFactory.newDefaultInstance()
          .newDocumentBuilder()
          .parse(report.toFile());
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("cannot read " + report, e);
    }
  }
}
