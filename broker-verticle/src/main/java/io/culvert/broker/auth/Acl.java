package io.culvert.broker.auth;

import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An access control list: rules for clients without user name, for each user, and patterns for all
 * in which {@code %c} stands for the client's identifier and {@code %u} for its user name. Of what
 * no rule names it has no opinion. Never changes.
 *
 * <p>A name with a character that means something in a filter ({@code + # /}), or that begins with
 * {@code $}, is never put in: a client could choose it so that the pattern names other topics. Such
 * a pattern says nothing of that client, and neither does one with {@code %u} of a client without
 * user name.
 */
public final class Acl implements Authorizer {
  private final List<AclRule> anonymous;
  private final Map<String, List<AclRule>> users;
  private final List<Pattern> patterns;

  Acl(List<AclRule> anonymous, Map<String, List<AclRule>> users, List<Pattern> patterns) {
    this.anonymous = List.copyOf(anonymous);
    this.users = Map.copyOf(users);
    this.patterns = List.copyOf(patterns);
  }

  @Override
  public Permissions of(String clientId, @Nullable String userName) {
    List<AclRule> rules =
        new ArrayList<>(userName == null ? anonymous : users.getOrDefault(userName, List.of()));
    for (Pattern pattern : patterns) {
      String filter = pattern.filter(clientId, userName);
      if (filter != null) {
        rules.add(new AclRule(pattern.access(), TopicFilter.parse(filter)));
      }
    }
    return new AclPermissions(rules);
  }

  /** Rules of all users, and patterns. */
  public int size() {
    return anonymous.size() + patterns.size() + users.values().stream().mapToInt(List::size).sum();
  }

  /** A filter with places for names. */
  record Pattern(AclRule.Access access, String text) {
    @Nullable String filter(String clientId, @Nullable String userName) {
      boolean hasUser = text.contains("%u");
      boolean hasClient = text.contains("%c");
      if ((hasUser && (userName == null || !isPlain(userName)))
          || (hasClient && !isPlain(clientId))) {
        return null;
      }
      StringBuilder filter = new StringBuilder();
      for (int i = 0; i < text.length(); i++) { // once: a name with %u in it stays as it is
        if (text.startsWith("%u", i)) {
          filter.append(userName);
          i++;
        } else if (text.startsWith("%c", i)) {
          filter.append(clientId);
          i++;
        } else {
          filter.append(text.charAt(i));
        }
      }
      return filter.toString();
    }

    private static boolean isPlain(String name) {
      return !name.isEmpty()
          && name.charAt(0) != '$'
          && name.indexOf('+') < 0
          && name.indexOf('#') < 0
          && name.indexOf('/') < 0;
    }
  }
}
