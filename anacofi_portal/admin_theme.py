"""How unfold shows the admin: names and colours. Read by the settings, so nothing is imported."""

UNFOLD = {
    "SITE_TITLE": "ANACOFI Formation – Administration",
    "SITE_HEADER": "ANACOFI Formation",
    "SITE_SUBHEADER": "Administration",
    "SITE_URL": "/",
    "SITE_ICON": "anacofi_portal.admin_menu.logo",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "anacofi_portal.admin_menu.logo"}
    ],
    "ENVIRONMENT": "anacofi_portal.admin_menu.environment",
    "SHOW_BACK_BUTTON": True,
    # What happened is in each row’s own journal; Django’s would be empty.
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "THEME": "light",
    "BORDER_RADIUS": "8px",
    "STYLES": ["anacofi_portal.admin_menu.stylesheet"],
    "COLORS": {
        "primary": {
            "50": "#eff4fc",
            "100": "#e0eaf9",
            "200": "#c5d8f3",
            "300": "#9cbce9",
            "400": "#6b98db",
            "500": "#3f74c6",
            "600": "#1f57b8",
            "700": "#1b4a9b",
            "800": "#17386c",
            "900": "#14305c",
            "950": "#0f2547",
        },
        "base": {
            "50": "#f6f8fb",
            "100": "#edf0f5",
            "200": "#e1e6ee",
            "300": "#c5cedb",
            "400": "#8d99ae",
            "500": "#66738a",
            "600": "#51607a",
            "700": "#3a4860",
            "800": "#23324c",
            "900": "#14233b",
            "950": "#0c1729",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "anacofi_portal.admin_menu.navigation",
    },
}
