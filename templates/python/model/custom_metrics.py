"""Your own metrics: one function for each metric that `customMetrics` declares, under its name.

A function names the arguments that it needs, and gets no others:

| argument | what |
|---|---|
| `actual`, `predicted` | the label or value of each test row, and what the model says |
| `probability` | of the positive class (binary only) |
| `probabilities` | of each class, shape (rows, classes), in the order of `labels` (classifications only) |
| `labels` | the classes; the last one of two is the positive class (classifications only) |
| `weights` | how much each row counts |
| `rows` | the other columns of the test rows, a pandas DataFrame |

It returns a number: NaN where the metric is not defined. It is called up to some hundred times, for the
spread of the metric: a function with `weights` gets the same rows with other weights, one without them gets
rows that are drawn at random, some of them several times. So a mean is `np.average(..., weights=weights)`.

    def profit(predicted: Any, rows: Any, weights: Any) -> float:
        '''What a row brings if only those are accepted that the model calls good.'''
        gain = np.where(predicted == "good", rows["amount"] * 0.04 - rows["loss"], 0.0)
        return float(np.average(gain, weights=weights))
"""
