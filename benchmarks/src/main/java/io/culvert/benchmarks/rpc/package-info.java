/** Device RPC over a broker. */
@NullMarked
package io.culvert.benchmarks.rpc;

import org.jspecify.annotations.NullMarked;
