/** Device RPC with real brokers, and with peers that share no code with it. */
@NullMarked
package io.culvert.conformance.rpc;

import org.jspecify.annotations.NullMarked;
