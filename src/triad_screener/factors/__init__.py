"""The factors, one per line. To add one: write it in its group's file, add its line."""

from triad_screener.factors._factor import Factor, measure
from triad_screener.registry import Registry

__all__ = ["FACTORS", "Factor", "measure"]

FACTORS: Registry[Factor] = Registry(
    "factor",
    {
        "mom_12_1": "triad_screener.factors.momentum:MOM_12_1",
        "mom_6_1": "triad_screener.factors.momentum:MOM_6_1",
        "rev_yoy_q": "triad_screener.factors.growth:REV_YOY_Q",
        "rev_cagr_3y": "triad_screener.factors.growth:REV_CAGR_3Y",
        "dgp_at": "triad_screener.factors.growth:DGP_AT",
        "gp_at": "triad_screener.factors.quality:GP_AT",
        "ebit_ic": "triad_screener.factors.quality:EBIT_IC",
        "accruals_at": "triad_screener.factors.quality:ACCRUALS_AT",
        "netdebt_at": "triad_screener.factors.quality:NETDEBT_AT",
        "ebit_ev": "triad_screener.factors.value:EBIT_EV",
        "fcf_mcap": "triad_screener.factors.value:FCF_MCAP",
        "ey_fwd": "triad_screener.factors.value:EY_FWD",
        "vol_252": "triad_screener.factors.risk:VOL_252",
        "maxdd_252": "triad_screener.factors.risk:MAXDD_252",
        "thesis": "triad_screener.factors.thesis:THESIS",
    },
)
