/** JMH benchmarks; the comment of each class is the question that it answers. */
@NullMarked
package io.culvert.benchmarks;

import org.jspecify.annotations.NullMarked;
