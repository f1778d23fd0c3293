/** Numbers of the parts of a process, which whoever serves metrics shows with its own. */
@NullMarked
package io.culvert.runtime.metrics;

import org.jspecify.annotations.NullMarked;
