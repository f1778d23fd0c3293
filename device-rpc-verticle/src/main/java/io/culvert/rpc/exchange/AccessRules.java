package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.ResponseCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. Of the rules that concern a request, one must allow it; a request that no rule
 * concerns is allowed only where there are no rules at all.
 */
public record AccessRules(List<AccessRule> rules) {
  /** Everybody may do everything. */
  public static final AccessRules NONE = new AccessRules(List.of());

  public AccessRules {
    rules = List.copyOf(rules);
  }

  /** Why a request is not allowed, or null when it is. */
  @Nullable Answer refusal(Request request) {
    boolean lacksToken = false;
    for (AccessRule rule : rules) {
      if (rule.concerns(request) && rule.allowsSource(request)) {
        if (rule.allowsToken(request)) {
          return null;
        }
        lacksToken = true;
      }
    }
    if (rules.isEmpty()) {
      return null;
    }
    return lacksToken
        ? Answer.failure(
            ResponseCode.UNAUTHORIZED,
            request.header().token() == null ? "a token is needed" : "the token is not valid here")
        : Answer.failure(ResponseCode.FORBIDDEN, "you may not do this here");
  }
}
