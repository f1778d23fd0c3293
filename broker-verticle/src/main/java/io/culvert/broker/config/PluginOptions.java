package io.culvert.broker.config;

import io.culvert.broker.jwt.JwtOptions;
import io.culvert.broker.remote.RemoteOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Others who are asked about clients.
 *
 * @param http who a client is, or null where nobody is asked so
 * @param httpPermissions what it may do, or null
 * @param cachedAnswers of each of these that are remembered
 * @param cacheMillis for how long; 0 for not at all
 * @param busAddress of the event bus, where is asked who a client is, or null
 * @param busPermissionsAddress where is asked what it may do, or null
 * @param busTimeoutMillis for a reply
 * @param jwt which tokens are good, or null where none is
 * @param unixUsers of Unix domain sockets, by user ids
 */
public record PluginOptions(
    @Nullable RemoteOptions http,
    @Nullable RemoteOptions httpPermissions,
    int cachedAnswers,
    long cacheMillis,
    @Nullable String busAddress,
    @Nullable String busPermissionsAddress,
    long busTimeoutMillis,
    @Nullable JwtOptions jwt,
    Map<Long, String> unixUsers) {}
