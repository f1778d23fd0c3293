package io.culvert.rpc.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is asked of a resource. RFC 7252 §5.8. */
public enum Method {
  GET(1),
  POST(2),
  PUT(3),
  DELETE(4);

  private static final Method[] ALL = values();

  private final int number;

  Method(int number) {
    this.number = number;
  }

  /** The method of this name in any case, or null. */
  public static @Nullable Method find(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (Method method : ALL) {
      if (method.name().equals(upper)) {
        return method;
      }
    }
    return null;
  }

  /** The method that old peers write as this number, or null. */
  public static @Nullable Method find(int number) {
    return number < 1 || number > ALL.length ? null : ALL[number - 1];
  }

  /** How peers before version 0.2 of gf_mqtt_client write it. */
  public int number() {
    return number;
  }

  /** It changes nothing: it may be executed any number of times, and its answer may be kept. */
  public boolean isSafe() {
    return this == GET;
  }

  /** Twice does the same as once: it may be asked again when no answer comes. */
  public boolean isIdempotent() {
    return this != POST;
  }
}
