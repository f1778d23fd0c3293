/** The TCP message service beside a plain echo. */
@NullMarked
package io.culvert.benchmarks.tcp;

import org.jspecify.annotations.NullMarked;
