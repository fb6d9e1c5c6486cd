package org.yukiguni.checkpoint;

/**
 * A model's shape and the choices of its architecture, read from {@code config.json} with Hugging
 * Face's defaults filled in.
 *
 * @param architecture which source computes it
 * @param vocabularySize rows of the embedding and of the output projection
 * @param width hidden size
 * @param kvHeads heads of keys and values; fewer than {@code heads} in grouped-query attention
 * @param innerWidth of the feed-forward part
 * @param contextLength positions that the model was made for
 * @param normEps added to the variance under the root
 * @param activation Hugging Face's name
 * @param embeddingScale factor on the embeddings; 1 is off
 * @param logitSoftCap logits become cap tanh(logit / cap); 0 is off
 * @param parallelResidual whether attention and feed-forward read the same input (GPT-NeoX)
 * @param attentionBias whether the attention's projections have biases
 * @param mlpBias whether the feed-forward projections have biases
 * @param tiedHead whether the output projection is the embedding
 */
public record ModelConfig(
    Architecture architecture,
    int vocabularySize,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int innerWidth,
    int contextLength,
    double normEps,
    String activation,
    Rotary rotary,
    Attention attention,
    double embeddingScale,
    double logitSoftCap,
    boolean parallelResidual,
    boolean attentionBias,
    boolean mlpBias,
    boolean tiedHead) {}
