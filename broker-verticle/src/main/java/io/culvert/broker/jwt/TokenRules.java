package io.culvert.broker.jwt;

import org.jspecify.annotations.Nullable;

/**
 * What a token must say, and what it may say.
 *
 * @param issuer who must have made it ({@code iss}), or null for anybody with a key
 * @param audience for whom it must be ({@code aud}), or null for anybody
 * @param userClaim names the user
 * @param leewaySeconds by how much clocks may differ
 * @param publishClaim has the filters to which the client may publish, or null for none
 * @param subscribeClaim as above, for what it may receive
 */
public record TokenRules(
    @Nullable String issuer,
    @Nullable String audience,
    String userClaim,
    long leewaySeconds,
    @Nullable String publishClaim,
    @Nullable String subscribeClaim) {}
