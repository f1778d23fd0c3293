package io.culvert.broker.jwt;

import io.culvert.broker.remote.RemoteOptions;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are good.
 *
 * @param keys from files
 * @param keyServer that has more keys (a JSON Web Key Set), or null
 * @param refreshSeconds how often it is asked
 * @param unknownKeySeconds how often it may be asked because of a key that is not known
 */
public record JwtOptions(
    TokenKeys keys,
    @Nullable RemoteOptions keyServer,
    long refreshSeconds,
    long unknownKeySeconds,
    TokenRules rules) {}
