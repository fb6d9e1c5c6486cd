/** Bulk text generation with local language models on Apache Spark. */
package org.yukiguni;
