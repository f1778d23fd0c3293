/** The client beside other people's clients: {@code benchmarks/clients}. */
@NullMarked
package io.culvert.benchmarks.client;

import org.jspecify.annotations.NullMarked;
