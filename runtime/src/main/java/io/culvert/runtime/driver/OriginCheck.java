package io.culvert.runtime.driver;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may open a WebSocket. A browser sends the page's origin; other clients send none,
 * and are not what this check is for.
 */
@FunctionalInterface
public interface OriginCheck {
  /**
   * Every page. Only for listeners that authenticate by something a browser does not add itself.
   */
  OriginCheck ANY = (origin, host) -> true;

  /**
   * No page but one that came from this very listener under a name of this machine. The name is
   * looked at because a foreign page can point its own name to 127.0.0.1 and is then "same origin".
   */
  OriginCheck LOOPBACK =
      (origin, host) -> origin == null || (sameOrigin(origin, host) && isLoopback(host));

  /** Pages of the same host and port. */
  OriginCheck SAME_ORIGIN = (origin, host) -> origin == null || sameOrigin(origin, host);

  /** The pages of these origins, written {@code https://example.org:8443}. */
  static OriginCheck of(Set<String> origins) {
    Set<String> allowed = Set.copyOf(origins);
    return (origin, host) -> origin == null || allowed.contains(origin);
  }

  /**
   * Decides one request.
   *
   * @param origin the header Origin
   * @param host the header Host
   */
  boolean allows(@Nullable String origin, @Nullable String host);

  private static boolean sameOrigin(String origin, @Nullable String host) {
    try {
      String authority = new URI(origin).getAuthority();
      return authority != null && authority.equalsIgnoreCase(host);
    } catch (URISyntaxException notAnOrigin) {
      return false;
    }
  }

  private static boolean isLoopback(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.\\d{1,3}){3}");
  }
}
