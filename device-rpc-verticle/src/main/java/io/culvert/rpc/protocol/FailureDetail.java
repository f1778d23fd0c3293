package io.culvert.rpc.protocol;

import io.culvert.rpc.protocol.Payload.Response;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an answer tells people of a failure: its body, or where something is, or the message in its
 * header. Bodies are written as the reference does, so that logs of both read alike.
 */
final class FailureDetail {
  private FailureDetail() {}

  static String of(Response response) {
    Object body = response.body();
    if (body != null && !isEmpty(body)) {
      return body instanceof String text ? text : text(body);
    }
    String location = response.location();
    if (location != null && !location.isEmpty()) {
      return location;
    }
    Object message = response.header().more().get(Header.ERROR_MESSAGE);
    return message instanceof String text ? text : text(message);
  }

  /** Says nothing. */
  private static boolean isEmpty(Object body) {
    return body.equals(false)
        || (body instanceof String text && text.isEmpty())
        || (body instanceof Collection<?> items && items.isEmpty())
        || (body instanceof Map<?, ?> members && members.isEmpty())
        || (body instanceof Number number && number.doubleValue() == 0);
  }

  private static String text(@Nullable Object value) {
    if (value == null) {
      return "None";
    } else if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    } else if (value instanceof String text) {
      return quoted(text);
    } else if (value instanceof Map<?, ?> members) {
      return members.entrySet().stream()
          .map(member -> text(member.getKey()) + ": " + text(member.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    } else if (value instanceof Collection<?> items) {
      return items.stream().map(FailureDetail::text).collect(Collectors.joining(", ", "[", "]"));
    }
    return value.toString();
  }

  private static String quoted(String text) {
    String escaped =
        text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    if (text.contains("'") && !text.contains("\"")) {
      return '"' + escaped + '"';
    }
    return '\'' + escaped.replace("'", "\\'") + '\'';
  }
}
