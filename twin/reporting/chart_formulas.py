"""Formulas of every kind of control chart and of its rules, with their sources."""

from __future__ import annotations

from collections.abc import Mapping

from process_models.spc import ChartResult
from twin.reporting.formulas import Formula
from twin.reporting.wording import rule_meaning

__all__ = ["chart_formulas", "chart_parameters", "rule_formulas"]

_MONTGOMERY = "Montgomery, Introduction to Statistical Quality Control, ch."
_SHEWHART, _COUNTS, _WEIGHTED = (f"{_MONTGOMERY} {chapter}" for chapter in (6, 7, 9))
_JACKSON = "Jackson and Mudholkar 1979"
_SIGMA = {
    "rbar_d2": ("mean of R / d2(n)", _SHEWHART),
    "uwave_r": ("mean of R / d2(n), subgroups alike", "Burr 1976"),
    "sbar_c4": ("mean of s / c4(n)", _SHEWHART),
    "uwave_sd": ("mean of s / c4(n), subgroups alike", "Burr 1976"),
    "mvlue_r": ("R / d2(n), weighted by the inverse variance of each", "Burr 1976"),
    "mvlue_sd": ("s / c4(n), weighted by the inverse variance of each", "Burr 1976"),
    "pooled": ("root of the pooled variance / c4(degrees of freedom + 1)", "Burr 1976"),
    "mr_d2": ("mean moving range / d2(2)", _SHEWHART),
    "median_mr": ("median moving range / 0.9539", _SHEWHART),
}
_MEAN = Formula("Limits of means", "centre ± L sigma / sqrt(n)", _SHEWHART, ("L", "sigma"))
_RANGE = Formula("Limits of ranges", "(d2(n) ± L d3(n)) sigma, not below 0", _SHEWHART,
                 ("L", "sigma"))  # fmt: skip
_DEVIATION = Formula(
    "Limits of standard deviations", "(c4(n) ± L sqrt(1 - c4(n)²)) sigma, not below 0", _SHEWHART,
    ("L", "sigma"),
)  # fmt: skip
_SINGLE = Formula("Limits of single values", "centre ± L sigma", _SHEWHART, ("L", "sigma"))
_MOVING = Formula("Limits of moving ranges", "(d2(2) ± L d3(2)) sigma, not below 0", _SHEWHART,
                  ("L", "sigma"))  # fmt: skip
_T2 = Formula(
    "Hotelling's T²", "n (x - m)' S⁻¹ (x - m); Beta and F quantiles in Phase I, F in Phase II",
    "Tracy, Young and Mason 1992; Sullivan and Woodall 1996", ("alpha",),
)  # fmt: skip
_BY_KIND: Mapping[str, tuple[Formula, ...]] = {
    "xbar_r": (_MEAN, _RANGE),
    "xbar_s": (_MEAN, _DEVIATION),
    "xbar": (_MEAN,),
    "r": (_RANGE,),
    "s": (_DEVIATION,),
    "i_mr": (_SINGLE, _MOVING),
    "i_mr_rs": (
        Formula("Limits of subgroup means", "centre ± L mean moving range of means / d2(2)",
                "between and within chart, as in Minitab", ("L", "sigma_between")),
        _MOVING,
        Formula("Limits of spread within", "those of ranges or standard deviations", _SHEWHART,
                ("L", "sigma_within")),
    ),
    "ma": (Formula("Moving average", "centre ± L sigma sqrt(sum of 1/n over the span) / span",
                   _WEIGHTED, ("L", "sigma", "span")),),
    "zone": (Formula("Zone score", "0, 2, 4 or 8 a zone, summed on one side; signal from 8",
                     "Jaehn 1987", ("centre", "sigma")),),
    "short_run": (Formula("Short-run values", "deviation from nominal, over sigma in a Z-MR chart",
                          _SHEWHART, ("short_run", "sigma")), _MOVING),
    "p": (Formula("Proportion", "p ± L sqrt(p (1 - p) / n), within 0 and 1", _COUNTS, ("L",)),),
    "np": (Formula("Number defective", "n p ± L sqrt(n p (1 - p))", _COUNTS, ("L",)),),
    "c": (Formula("Count", "c ± L sqrt(c), not below 0", _COUNTS, ("L",)),),
    "u": (Formula("Rate", "u ± L sqrt(u / n), not below 0", _COUNTS, ("L",)),),
    "laney_p": (Formula("Laney p'", "p ± L sigma_z sqrt(p (1 - p) / n)", "Laney 2002",
                        ("L", "sigma_z")),),
    "laney_u": (Formula("Laney u'", "u ± L sigma_z sqrt(u / n)", "Laney 2002",
                        ("L", "sigma_z")),),
    "g": (Formula("Opportunities between events", "mean ± L sqrt(mean (mean + 1))",
                  "Benneyan 2001", ("L",)),),
    "t": (Formula("Time between events", "median and quantiles of a fitted Weibull distribution",
                  "maximum likelihood", ("shape", "scale")),),
    "ewma": (Formula("EWMA", "z = lambda x + (1 - lambda) z; centre ± L times its standard error",
                     "Roberts 1959", ("lambda", "width", "limits", "sigma")),),
    "cusum": (Formula("CUSUM", "C+ = max(0, C+ + z - k), C- = max(0, C- - z - k); signal above h",
                      "Page 1954; Lucas and Crosier 1982",
                      ("centre", "sigma", "k", "h", "head_start")),),
    "t2": (_T2,),
    "t2_individuals": (_T2,),
    "generalized_variance": (Formula("Generalized variance", "|S| / b1 (b1 ± L sqrt(b2))",
                                     f"{_MONTGOMERY} 11", ("L",)),),
    "mewma": (Formula("MEWMA", "T² of z = lambda x + (1 - lambda) z; signal above h",
                      "Lowry et al. 1992; Rigdon 1995", ("lambda", "width")),),
    "mcusum": (Formula("MCUSUM", "length of the shrunken sum s (1 - k / c); signal above h",
                       "Crosier 1988", ("k", "h")),),
    "pca": (
        Formula("T² of the components kept", "sum of t² / eigenvalue; F quantile", _JACKSON,
                ("components", "alpha")),
        Formula("SPE of the rest", "squared length of the residual", _JACKSON, ("alpha",)),
    ),
    "ar_residual": (Formula("Residual", "x - its forecast by the fitted autoregression, ± L sigma",
                            "Yule-Walker", ("phi", "mean", "L", "sigma")),),
}  # fmt: skip
_RULE_SOURCES = {
    "nelson": "Nelson 1984, J. Quality Technology 16",
    "we": "Western Electric 1956, Statistical Quality Control Handbook",
    "aiag": "AIAG 2005, SPC manual, 2nd edition",
    "juran": "Juran's Quality Handbook",
    "westgard": "Westgard et al. 1981, Clinical Chemistry 27",
}


def chart_formulas(result: ChartResult) -> tuple[Formula, ...]:
    """Formulas of sigma, limits, rules and change point of a chart."""
    method = result.extras.get("sigma_method")
    found = list(_BY_KIND.get(result.chart, ()))
    if method in _SIGMA:
        expression, source = _SIGMA[method]
        found.insert(0, Formula(f"Sigma by {method}", expression, source, ("sigma",)))
    found += rule_formulas(result)
    if result.signals:
        found.append(
            Formula(
                "Since when", "start with the largest likelihood of a change up to the signal",
                "Samuel, Pignatiello and Calvin 1998",
            )
        )  # fmt: skip
    return tuple(found)


def rule_formulas(result: ChartResult) -> list[Formula]:
    """The run rules that were applied, or, where that is not told, those that signalled."""
    told = result.extras.get("rules")
    names = [n for panel in told.values() for n in panel] if isinstance(told, Mapping) else []
    applied = dict.fromkeys([*names, *(signal.rule for signal in result.signals)])
    return [
        Formula(f"Rule {name}", rule_meaning(name), _RULE_SOURCES.get(name.partition("_")[0], ""))
        for name in applied
    ]


def chart_parameters(result: ChartResult, nsigma: float | None) -> dict[str, object]:
    """What is known of a chart by the names that formulas use; L is `nsigma`."""
    scalar = {k: v for k, v in result.extras.items() if isinstance(v, str | int | float)}
    return {**scalar, "sigma": result.sigma, "L": nsigma}
