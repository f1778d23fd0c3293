package io.culvert.mqtt.topic;

/** Where random operations come from: a generator, or the bytes of a fuzzer. */
@FunctionalInterface
interface Choice {
  /** A number from 0 to {@code bound} exclusive. */
  int below(int bound);

  /** A topic of few levels with few names, so that they meet often. */
  static String topic(Choice choice) {
    return levels(choice, new String[] {"a", "b", "", "$x", "long-name"});
  }

  /** A filter over the same names. */
  static String filter(Choice choice) {
    String filter = levels(choice, new String[] {"a", "b", "", "$x", "long-name", "+", "+"});
    if (choice.below(3) == 0) {
      filter = choice.below(4) == 0 ? "#" : filter + "/#";
    }
    return choice.below(4) == 0 ? "$share/g" + choice.below(2) + "/" + filter : filter;
  }

  private static String levels(Choice choice, String[] names) {
    StringBuilder path = new StringBuilder(names[choice.below(2)]);
    if (choice.below(4) == 0) {
      path.setLength(0);
      path.append(names[choice.below(names.length)]);
    }
    for (int i = choice.below(4); i > 0; i--) {
      path.append('/').append(names[choice.below(names.length)]);
    }
    return path.length() == 0 ? "/" : path.toString();
  }
}
