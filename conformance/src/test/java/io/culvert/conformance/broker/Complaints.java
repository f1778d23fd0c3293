package io.culvert.conformance.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;

/**
 * Lines of the broker's log that no test may cause. Written by reader threads, drained by tests.
 */
public final class Complaints {

  /** An ERROR line, the head or the middle of a stack trace, a leak, a blocked event loop. */
  private static final Pattern COMPLAINT =
      Pattern.compile(
          "\\bERROR\\b|^\\s+at [\\w.$/@]+\\(|^Caused by: |^Exception in thread|\\w+Exception: "
              + "|\\bLEAK\\b|has been blocked for");

  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

  public void look(String line) {
    if (COMPLAINT.matcher(line).find()) {
      add(line);
    }
  }

  void add(String line) {
    lines.add(line);
  }

  public List<String> drain() {
    List<String> drained = new ArrayList<>();
    lines.drainTo(drained);
    return drained;
  }
}
