"""Official factor files in small: the layouts as published, with a few of their figures.

UK DESNZ, GHG conversion factors 2024, flat file v1.1 (Open Government Licence v3.0); US EPA, GHG Emission Factors Hub,
13 February 2024, eGRID2022 and Supply Chain GHG Emission Factors v1.3.0 (public domain).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbooks import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

Rows = dict[int, list[str | None]]

DESNZ_HEAD = ["ID", "Scope", "Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM", "GHG/Unit"]
_GASES = ("kg CO2e", "kg CO2e of CO2 per unit", "kg CO2e of CH4 per unit", "kg CO2e of N2O per unit")


def desnz_group(
    scope: str, labels: tuple[str, str, str, str, str], uom: str, *figures: str
) -> list[list[str | None]]:
    """The rows of one factor: its total, and its gases where given."""
    return [
        [f"1_{number}", scope, *labels, uom, gas, f"#{figure}" if figure else None]
        for number, (gas, figure) in enumerate(zip(_GASES, figures, strict=False), start=1)
    ]


def desnz_rows() -> Rows:
    """The sheet "Factors by Category"; row 7 is the first of figures."""
    gas = ("Fuels", "Gaseous fuels", "Natural gas", "", "")
    diesel = ("Fuels", "Liquid fuels", "Diesel (average biofuel blend)", "", "")
    grid = ("UK electricity", "Electricity generated", "Electricity: UK", "kWh", "")
    flight = ("Business travel- air", "Flights", "Domestic, to/from UK", "Average passenger")
    car = ("Passenger vehicles", "Cars (by size)", "Average car", "", "Diesel")
    groups = [
        *desnz_group(
            "Scope 1",
            gas,
            "kWh (Gross CV)",
            "0.18290000000000001",
            "0.18253",
            "2.7999999999999998E-4",
            "9.0E-5",
        ),
        *desnz_group("Scope 1", diesel, "litres", "2.51279", "2.4796", "0.00029", "0.0329"),
        *desnz_group("Scope 2", grid, "kWh", "0.20705", "0.20493", "0.0009", "0.00122"),
        *desnz_group("Scope 3", ("WTT- fuels", *gas[1:]), "kWh (Gross CV)", "0.03021"),
        *desnz_group(
            "Scope 3", (*flight, "With RF"), "passenger.km", "0.27257", "0.27101", "0.00022", "0.00134"
        ),
        *desnz_group(
            "Scope 3", (*flight, "Without RF"), "passenger.km", "0.16098", "0.15942", "0.00022", "0.00134"
        ),
        *desnz_group("Scope 1", car, "km", "0.16984", "0.16817", "4.6368E-6", "0.00167"),
        *desnz_group("Scope 1", car, "miles", "0.27334", "0.27065", "7.4623E-6", "0.00269"),
        *desnz_group("Scope 3", ("Hotel stay", "Hotel stay", "France", "", ""), "Room per night", "6.7"),
        *desnz_group("Scope 3", ("Homeworking", "Heating", "", "", ""), "per FTE Working Hour", "0.30234"),
        *desnz_group(
            "Scope 3", ("Material use", "Other", "Books", "", "Primary material production"), "tonnes", ""
        ),
    ]
    for column, figure in (("Kyoto", "3943"), ("non-Kyoto", "")):
        labels = ("Refrigerant & other", "Blends", "R404A", "", f"Emissions including only {column} products")
        groups += desnz_group("Scope 1", labels, "kg", figure)
    labels = ("Refrigerant & other", "Blends", "R404A", "", "Total emissions including non-Kyoto products")
    groups += desnz_group("Scope 1", labels, "kg", "3943")
    secr = ("SECR kWh pass & delivery vehs", "Cars (by size)", "Small car", "", "Diesel")
    groups.append(["1_9", "Scope 1", *secr, "km", "kWh (Net CV)", "#0.55152"])
    outside = (
        "Outside of scopes",
        "Forecourt fuels containing biofuel",
        "Diesel (average biofuel blend)",
        "",
        "",
    )
    groups.append(["9_2", "Outside of Scopes", *outside, "litres", "kg CO2e of CO2 per unit", "#0.16"])
    rows: Rows = {1: ["UK Government GHG Conversion Factors for Company Reporting"]}
    rows[6] = [*DESNZ_HEAD, "GHG Conversion Factor 2024"]
    return rows | dict(enumerate(groups, start=7))


def write_desnz(path: Path, rows: Rows | None = None, version: str = "1.0") -> Path:
    """A flat file. The edition's number is not one whose sums are on record."""
    front: Rows = {5: [None, "Version:", f"#{version}", "Year:", "#2024"]}
    return write_workbook(path, {"Front page": front, "Factors by Category": rows or desnz_rows()})


def egrid_rows() -> Rows:
    """Table 1 of the summary tables as EPA's program lays it out: two subregions and the nation.

    The first row of titles stands under merged cells, where Excel shows the last one only.
    """
    gases = ["CO₂", "CH₄", "N₂O", "CO₂e", "Annual NOₓ", "Ozone Season NOₓ", "SO₂"]
    places = [None, "eGRID subregion acronym", "eGRID subregion name"]
    above = ["Total output emission rates", *gases[1:], "Non-baseload output emission rates", *gases[1:]]
    other = ["#1224.5", "#0.123", "#0.017", "#1232.4", "#6.3", "#6.3", "#1.1", "#0.051"]
    unit = "lb/MWh"
    return {
        1: [None, "1. Subregion Output Emission Rates (eGRID2022)"],
        2: [*places, *above, "Grid Gross Loss (%)"],
        3: [None, None, None, unit, *[None] * 6, unit],
        4: [*places, *gases, *gases, "Grid Gross Loss (%)"],
        5: [
            None,
            "AKGD",
            "ASCC Alaska Grid",
            "#1052.114",
            "#0.088",
            "#0.012",
            "#1057.8",
            *["#5.1"] * 3,
            *other,
        ],
        6: [
            None,
            "CAMX",
            "WECC California",
            "#497.44299999999998",
            "#0.03",
            "#0.004",
            "#499.4",
            "#0.4",
            *other,
        ],
        7: [None, "U.S.", None, "#823.149", "#0.066", "#0.009", "#827.4", "#0.5", *other],
        8: [*[None] * 16, "Created:", "01/15/2025"],
    }


def egrid_rows_before_2023() -> Rows:
    """The same table as it was laid out by hand: a title in each merged block, gases in letters."""
    rows = egrid_rows()
    rows[2] = [None, "eGRID subregion acronym", "eGRID subregion name", "Total output emission rates"]
    rows[4] = [None, None, None, "CO2", "CH4", "N2O", "CO2e", "Annual NOx"]
    return rows


def write_egrid(path: Path, rows: Rows | None = None) -> Path:
    """The summary tables."""
    return write_workbook(path, {"Contents": {1: ["eGRID2022"]}, "Table 1": rows or egrid_rows()})


def hub_rows() -> Rows:
    """All twelve tables, one or two rows of each."""
    gases = [
        "CO2 Factor \n(kg CO2 / unit)",
        "CH4 Factor \n(g CH4 / unit)",
        "N2O Factor \n(g N2O / unit)",
        "Units",
    ]
    heads = ["CO2 Factor", "CH4 Factor", "N2O Factor"]
    per_ton = ["kg CO2 per short ton", "g CH4 per short ton", "g N2O per short ton"]
    per_scf = ["kg CO2 per scf", "g CH4 per scf", "g N2O per scf"]
    per_heat = ["kg CO2 per mmBtu", "g CH4 per mmBtu", "g N2O per mmBtu"]
    mile = ["CH4 Factor \n(g CH4 / vehicle-mile)", "N2O Factor \n(g N2O / vehicle-mile)"]
    gallon = ["CH4 Factor (g CH4 / gallon)", "N2O Factor (g N2O / gallon)"]
    mwh = ["(lb CO2 / MWh)", "(lb CH4 / MWh)", "(lb N2O / MWh)"]
    body: list[list[str | None]] = [
        ["Last Modified: February 13, 2024"],
        ["Table 1", "Stationary Combustion"],
        ["Fuel Type", "Heat Content (HHV)", *heads, *heads],
        [None, "mmBtu per short ton", *per_heat, *per_ton],
        ["Coal and Coke"],
        ["Anthracite", "#25.09", "#103.69", "#11", "#1.6", "#2602", "#276", "#40"],
        ["Biomass Fuels - Solid"],
        ["Wood and Wood Residuals", "#17.48", "#93.8", "#7.2", "#3.6", "#1640", "#126", "#63"],
        [None, "mmBtu per scf", *per_heat, *per_scf],
        ["Natural Gas"],
        [
            "Natural Gas",
            "#1.026E-3",
            "#53.06",
            "#1",
            "#0.1",
            "#5.4440000000000002E-2",
            "#1.0300000000000001E-3",
            "#1E-4",
        ],
        ["Source:"],
        ["Table 2", "Mobile Combustion CO2"],
        ["Fuel Type", "kg CO2 per unit", "Unit"],
        ["Motor Gasoline", "#8.78", "gallon"],
        ["Biodiesel (100%)", "#9.4499999999999993", "gallon"],
        ["Source:"],
        ["Table 3", "On-Road Gasoline Vehicles"],
        ["Vehicle Type", "Model Year", *mile],
        ["Gasoline Light-Duty Trucks", "1973-1974", "#0.1908", "#2.18E-2"],
        ["(Vans, Pickup Trucks, SUVs)", "1975", "#0.16336", "#5.1269999999999996E-2"],
        ["Source: EPA"],
        ["Table 4", "On-Road Diesel Vehicles"],
        ["Vehicle Type", "Fuel Type", "Model Year", *mile],
        ["Passenger Cars", "Diesel", "1960-1982", "#6E-4", "#1.1999999999999999E-3"],
        ["Source: EPA"],
        ["Table 5", "Non-Road Vehicles"],
        ["Vehicle Type", "Fuel Type", *gallon],
        ["Agricultural EquipmentA", "LPG", "#0.32838086975382275", "#0.94819976141441632"],
        ["Source: EPA"],
        ["Table 6", "Electricity"],
        [None, None, "Total Output Emission Factors", None, None, "Non-Baseload Emission Factors"],
        ["eGRID Subregion Acronym", "eGRID Subregion Name", *heads, *heads],
        [None, None, *mwh, *mwh],
        ["AKGD", "ASCC Alaska Grid", "#1052.114", "#0.088", "#0.012", "#1224.498", "#0.123", "#0.017"],
        [
            "CAMX",
            "WECC California",
            "#497.44299999999998",
            "#0.03",
            "#0.004",
            "#1054.982",
            "#0.049",
            "#0.006",
        ],
        ["US Average", "US Average", "#823.149", "#0.066", "#0.009", "#1405.322", "#0.107", "#0.015"],
        ["Source: EPA eGRID2022, January 2024"],
        ["Table 7", "Steam and Heat"],
        [None, "CO2 Factor (kg CO2 / mmBtu)", "CH4 Factor (g CH4 / mmBtu)", "N2O Factor (g N2O / mmBtu)"],
        ["Steam and Heat", "#66.33", "#1.25", "#0.125"],
        ["Notes:"],
        ["Table 8", "Transportation"],
        ["Vehicle Type", *gases],
        [
            "Medium- and Heavy-Duty TruckC",
            "#0.16804260183413908",
            "#1.4716825635302591E-3",
            "#4.6649560504355382E-3",
            "ton-mile",
        ],
        ["Source:"],
        ["Table 9", "Waste"],
        [None, "Metric Tons CO2e / Short Ton Material"],
        ["Material", "RecycledA", "LandfilledB", "CombustedC"],
        ["Mixed MSW", "NA", "#0.57999999999999996", "#0.43"],
        ["Source: "],
        ["AR4 GWP values are used to convert all waste emission factors into CO2e."],
        ["Table 10", "Business Travel"],
        ["Vehicle Type", *gases],
        [
            "Intercity Rail - National Average C",
            "#0.113",
            "#9.1999999999999998E-3",
            "#2.5999999999999999E-3",
            "passenger-mile",
        ],
        ["Source:"],
        ["Table 11", "Global Warming Potential (GWP)"],
        ["Industrial Designation or \nCommon Name", "Chemical Formula", "100-Year GWP"],
        ["HFC-134a", "CH2FCF3", "#1300"],
        ["PFC-31-10", "C4F10", "#9200"],
        ["Source:"],
        ["Table 12", "Blended Refrigerants"],
        ["ASHRAE #", "100-year GWP", "Blend Composition"],
        ["R-404A", "#3943", "44% HFC-125 , 4% HFC-134a , 52% HFC-143a"],
        ["R-424A", "#3104", "50.5% HFC-125 , 47% HFC-134a , 1% butane , 0.9% isobutane , 0.6% isopentane"],
        ["Source:"],
    ]
    return dict(enumerate(body, start=1))


def write_hub(path: Path, rows: Rows | None = None) -> Path:
    """A Hub whose date is not one whose sums are on record."""
    given = rows or hub_rows()
    given[1] = ["Last Modified: March 1, 2024"]
    return write_workbook(path, {"Emission Factors Hub": given})


SUPPLY_HEAD = (
    "2017 NAICS Code,2017 NAICS Title,GHG,Unit,Supply Chain Emission Factors without Margins,"
    "Margins of Supply Chain Emission Factors,Supply Chain Emission Factors with Margins,Reference USEEIO Code"
)
BY_GAS_NAME = "SupplyChainGHGEmissionFactors_v1.3.1_NAICS_byGHG_USD2022.csv"
TOTALS_NAME = "SupplyChainGHGEmissionFactors_v1.3.1_NAICS_CO2e_USD2022.csv"


def by_gas_lines() -> list[str]:
    """Soybean farming, four gases of its eighteen."""
    unit = '"kg/2022 USD, purchaser price"'
    return [
        SUPPLY_HEAD,
        f'111110,"Soybean Farming","Carbon dioxide",{unit},"1.34e-01","3.78e-02","1.72e-01","1111A0"',
        f'111110,"Soybean Farming","Methane",{unit},"3.75e-04","1.21e-04","4.96e-04","1111A0"',
        f'111110,"Soybean Farming","Nitrous oxide",{unit},"1.29e-03","4.0e-06","1.30e-03","1111A0"',
        '111110,"Soybean Farming","HFCs and PFCs, unspecified","kg CO2e/2022 USD, purchaser price","1.0e-03","0.0e+00","1.0e-03","1111A0"',
    ]


def totals_lines() -> list[str]:
    """Its total: the four gases by their GWPs, three decimals."""
    unit = '"kg CO2e/2022 USD, purchaser price"'
    return [SUPPLY_HEAD, f"111110,Soybean Farming,All GHGs,{unit},0.488,0.044,0.531,1111A0"]


def write_supply_chain(
    folder: Path, by_gas: list[str] | None = None, totals: list[str] | None = None
) -> Path:
    """Both files beside each other; the one by gas."""
    (folder / TOTALS_NAME).write_text("\n".join(totals or totals_lines()) + "\n", encoding="utf-8")
    path = folder / BY_GAS_NAME
    path.write_text("\n".join(by_gas or by_gas_lines()) + "\n", encoding="utf-8")
    return path
