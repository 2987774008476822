"""The application. `create_app` only wires its parts together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType

from flask import Blueprint, Flask
from werkzeug.local import LocalProxy

from config import Config
from screening import clock, dates, logs
from screening.account import (
    accounts,
    my_account,
    reauthentication,
    second_factor_setup,
    second_step,
    sign_in,
    welcome,
)
from screening.account.blueprint import account, people
from screening.account.login_flow import was_second_step_skipped
from screening.account.reauthentication import ask_again
from screening.article import views as article_page
from screening.article.blueprint import article
from screening.desk import actions, appointments, booking, phone
from screening.desk import views as queue_page
from screening.desk.blueprint import desk
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.model import Protocol
from screening.domain.verification.checks import verified
from screening.emergency import views as emergency_pages
from screening.emergency.blueprint import emergency
from screening.extensions import babel, csrf, db
from screening.intake import correcting, received, tablet
from screening.intake import question_views as intake_questions
from screening.intake import views as intake_start
from screening.intake.blueprint import intake
from screening.lead import emergencies as lead_emergencies
from screening.lead import overrides, protocol_views, simulator, version_views
from screening.lead import views as lead_home
from screening.lead.blueprint import lead
from screening.provider import actions as provider_actions
from screening.provider import signing, verifying
from screening.provider import views as provider_pages
from screening.provider.blueprint import provider
from screening.records.protocol_versions import current_protocol, signature_under
from screening.staff import views as staff_home
from screening.staff.audit import views
from screening.staff.blueprint import staff
from screening.staff.flags_shown import modality_name
from screening.staff.provenance import how_they_came, numbered
from screening.storage.database import engine_options, prepare_engine
from screening.storage.encryption import Vault
from screening.storage.models.sealed import protect
from screening.text import capitalized, visible
from screening.web import (
    access,
    errors,
    headers,
    health,
    home,
    proxies,
    rate_limits,
    request_limits,
    sessions,
    settings,
)
from screening.web.application import Application
from screening.web.current_user import current_user

# Each blueprint with the modules whose views stand on it: naming them here is what loads them.
PAGES: dict[Blueprint, tuple[ModuleType, ...]] = {
    intake: (correcting, intake_questions, received, tablet, intake_start),
    article: (article_page,),
    desk: (actions, appointments, booking, phone, queue_page),
    provider: (provider_actions, signing, verifying, provider_pages),
    lead: (lead_emergencies, protocol_views, overrides, version_views, simulator, lead_home),
    staff: (views, staff_home),
    account: (second_factor_setup, my_account, reauthentication, second_step, sign_in, welcome),
    people: (accounts,),
    emergency: (emergency_pages,),
}
_ROOT = Path(__file__).resolve().parent.parent
# A form is a few kilobytes; more is not a form (OWASP ASVS 2.4.1).
_LARGEST_REQUEST = 64 * 1024


def create_app(
    config: Config | None = None,
    *,
    now: Callable[[], datetime] = clock.system_clock,
    protocol: Protocol | None = None,
) -> Flask:
    """The application for one clinic; without a config, the one of the environment."""
    logs.start_logging()
    config = config or settings.settings()
    app = Application(
        "screening", template_folder=str(_ROOT / "templates"), static_folder=str(_ROOT / "static")
    )
    app.extensions.update(config=config, clock=now, protocol=verified(protocol or acupuncture()))
    app.config.from_mapping(_settings(config))
    app.request_class = request_limits.BoundedRequest
    app.url_map.converters["int"] = request_limits.Position
    _start_extensions(app, config)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", home.front_door)
    app.add_url_rule(headers.REPORTS, "reports", headers.note_report, methods=["POST"])
    app.before_request(proxies.only_https)
    app.before_request(request_limits.bound_query)
    app.before_request(headers.only_on_its_host)
    app.add_url_rule("/live", "live", health.live)
    app.add_url_rule("/ready", "ready", health.ready)
    app.before_request(access.check_access)
    app.before_request(headers.only_forms)
    app.before_request(request_limits.each_once)
    app.before_request(request_limits.check_next)
    app.before_request(ask_again)
    app.after_request(headers.set_headers)
    app.after_request(request_limits.keep_here)
    app.context_processor(lambda: {"current_user": current_user})
    app.context_processor(lambda: {"idle_seconds": int(sessions.STAFF.idle.total_seconds())})
    app.context_processor(lambda: {"clinic": config.clinic, "protocol": LocalProxy(current_protocol)})
    app.add_template_global(signature_under)
    app.add_template_global(headers.static_url)
    app.add_template_global(was_second_step_skipped)
    app.add_template_global(modality_name)
    app.add_template_global(how_they_came)
    app.add_template_global(numbered)
    app.add_template_filter(visible)
    dates.add_filters(app)
    app.add_template_filter(capitalized, "capitalize_first")
    errors.register_error_pages(app)
    return app


def _settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.staff_key,
        "MAX_CONTENT_LENGTH": _LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": _LARGEST_REQUEST,
        # Each route answers what the table in endpoints.py lists, and nothing besides.
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        "TRUSTED_HOSTS": config.hosts,
        "SESSION_COOKIE_SECURE": config.is_https,
        # Every form checks its own token, so that a page left open loses nothing that was typed.
        "WTF_CSRF_CHECK_DEFAULT": False,
        # A token holds as long as its session.
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _start_extensions(app: Flask, config: Config) -> None:
    babel.init_app(app, default_timezone=str(config.clinic.zone))
    db.init_app(app, engine_options(config.database_url))
    csrf.init_app(app)
    app.session_interface = sessions.TwoAudiences()
    rate_limits.limit_rates(app, config)
    proxies.trust_proxies(app, config.proxies)
    with app.app_context():
        prepare_engine(db.engine)
        protect(db.engine, Vault(config.data_keys))
